import AtlasStore
import Circuits
import GRDB

/// Full-text search over prompts and names.
extension AtlasReader {
    static let matchingPrompts = """
        SELECT rowid, snippet(prompt_search, 0, char(2), char(3), '…', 24) AS snippet
        FROM prompt_search WHERE prompt_search MATCH ? ORDER BY rank, rowid LIMIT ?
        """
    static let matchingLabels = """
        SELECT rowid, label, snippet(label_search, -1, char(2), char(3), '…', 24) AS snippet
        FROM label_search WHERE label_search MATCH ? ORDER BY rank, rowid LIMIT ?
        """
    static let matchingSupernodes = """
        SELECT name, snippet(supernode_search, -1, char(2), char(3), '…', 24) AS snippet
        FROM supernode_search WHERE supernode_search MATCH ? ORDER BY rank, name LIMIT ?
        """

    /// What the atlas has under the words of `text`, by kind.
    ///
    /// Prompts, labels and supernodes contain all words, the last of which may be the beginning of a word; case and accents
    /// do not count. Tokens begin with the text, a space before it aside, whatever the case of its letters A to Z; names of
    /// prompts begin with it exactly.
    ///
    /// - Parameters:
    ///   - limit: matches of each kind at most
    ///   - kind: only these; `nil`: all
    ///   - prompt: of the features that promote a token only those in this prompt's graph
    public func search(
        _ text: String, limit: Int = 20, kind: SearchReport.Kind? = nil, prompt: Int? = nil
    ) throws -> SearchReport {
        try ask("searching") { db in
            func wanted(_ other: SearchReport.Kind) -> Bool { kind ?? other == other }
            let pattern = Self.searchPattern(text)
            func matches<Match>(_ kind: SearchReport.Kind, _ find: (String) throws -> [Match]) rethrows -> [Match] {
                guard wanted(kind), let pattern else { return [] }
                return try find(pattern)
            }
            let graph = try prompt.map { id in
                _ = try requirePrompt(id, db)
                return try featuresOfGraph(id, db)
            }
            let tokens = wanted(.tokens) || wanted(.promoters) ? try tokens(like: text, db) : []
            return SearchReport(
                query: text,
                prompts: try matches(.prompts) { try prompts(matching: $0, limit: limit, db) },
                names: wanted(.names) ? try names(like: text, limit: limit, db) : [],
                tokens: wanted(.tokens) ? Array(tokens.lazy.filter(\.isUsed).map(\.match).prefix(limit)) : [],
                promoters: wanted(.promoters)
                    ? try graph.map { try promoters(of: tokens, among: $0, limit: limit, db) }
                        ?? promoters(of: tokens, limit: limit, db) : [],
                labels: try matches(.labels) { try labels(matching: $0, limit: limit, db) },
                supernodes: try matches(.supernodes) { try supernodes(matching: $0, limit: limit, db) })
        }
    }

    private func prompts(
        matching pattern: String, limit: Int, _ db: Database
    ) throws -> [SearchReport.PromptMatch] {
        try StoredRow.fetchAll(db, sql: Self.matchingPrompts, arguments: [pattern, limit]).map { row in
            try SearchReport.PromptMatch(id: row["rowid"], snippet: Self.parts(row["snippet"]))
        }
    }

    private func labels(matching pattern: String, limit: Int, _ db: Database) throws -> [SearchReport.LabelMatch] {
        try StoredRow.fetchAll(db, sql: Self.matchingLabels, arguments: [pattern, limit]).compactMap { row in
            let rowID: Int64 = try row["rowid"]
            let key = NodeKey(rawValue: rowID >> 1)
            return try key.feature.map { feature in
                try SearchReport.LabelMatch(
                    feature: feature, label: row["label"], labelIsAutomatic: rowID & 1 == 1,
                    snippet: Self.parts(row["snippet"]))
            }
        }
    }

    private func supernodes(
        matching pattern: String, limit: Int, _ db: Database
    ) throws -> [SearchReport.SupernodeMatch] {
        try StoredRow.fetchAll(db, sql: Self.matchingSupernodes, arguments: [pattern, limit]).map { row in
            try SearchReport.SupernodeMatch(name: row["name"], snippet: Self.parts(row["snippet"]))
        }
    }

    /// What the full-text tables are asked for; `nil` for text without words.
    static func searchPattern(_ text: String) -> String? {
        let words = text.split { !$0.isLetter && !$0.isNumber }
        guard !words.isEmpty else { return nil }
        // Quoted, so that a word is never an operator of the search language.
        return words.map { "\"\($0)\"" }.joined(separator: " ") + "*"
    }

    /// Cuts a snippet at the two control characters that mark matches.
    private static func parts(_ snippet: String) -> [SearchReport.Part] {
        var parts: [SearchReport.Part] = []
        var current = ""
        for scalar in snippet.unicodeScalars {
            if scalar == "\u{2}" || scalar == "\u{3}" {
                if !current.isEmpty { parts.append(.init(text: current, isMatch: scalar == "\u{3}")) }
                current = ""
            } else {
                current.unicodeScalars.append(scalar)
            }
        }
        if !current.isEmpty { parts.append(.init(text: current, isMatch: false)) }
        return parts
    }
}
