import AtlasStore
import Circuits
import GRDB

/// Prompts, labels and supernodes that contain some words.
public struct SearchReport: Codable, Sendable, Equatable {
    /// What was searched for.
    public let query: String
    /// Matching prompts, best first.
    public let prompts: [PromptMatch]
    /// Matching labels of features, best first.
    public let labels: [LabelMatch]
    /// Matching supernodes, best first.
    public let supernodes: [SupernodeMatch]

    /// A prompt that contains the words.
    public struct PromptMatch: Codable, Sendable, Equatable {
        /// The prompt's id.
        public let id: Int
        /// The part of its text around the words.
        public let snippet: [Part]
    }

    /// A feature whose label or note contains the words.
    public struct LabelMatch: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// The part of label or note around the words.
        public let snippet: [Part]
    }

    /// A supernode whose name or note contains the words.
    public struct SupernodeMatch: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The part of name or note around the words.
        public let snippet: [Part]
    }

    /// A piece of a snippet: a word that was searched for, or what lies between.
    public struct Part: Codable, Sendable, Equatable {
        /// The text.
        public let text: String
        /// Whether it is what was searched for.
        public let isMatch: Bool
    }
}

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

    /// The prompts, labels and supernodes that contain all words of `text`, the last of which may be the beginning of a word.
    ///
    /// Words are runs of letters and digits; case and accents do not count. Text without any finds nothing.
    public func search(_ text: String, limit: Int = 20) throws -> SearchReport {
        guard let pattern = Self.searchPattern(text) else {
            return SearchReport(query: text, prompts: [], labels: [], supernodes: [])
        }
        return try ask("searching") { db in
            let prompts = try StoredRow.fetchAll(
                db, sql: Self.matchingPrompts, arguments: [pattern, limit]
            ).map { row in
                try SearchReport.PromptMatch(id: row["rowid"], snippet: Self.parts(row["snippet"]))
            }
            let labels = try StoredRow.fetchAll(
                db, sql: Self.matchingLabels, arguments: [pattern, limit]
            ).compactMap { row in
                let rowID: Int64 = try row["rowid"]
                let key = NodeKey(rawValue: rowID >> 1)
                return try key.feature.map { feature in
                    try SearchReport.LabelMatch(
                        feature: feature, label: row["label"], labelIsAutomatic: rowID & 1 == 1,
                        snippet: Self.parts(row["snippet"]))
                }
            }
            let supernodes = try StoredRow.fetchAll(db, sql: Self.matchingSupernodes, arguments: [pattern, limit]).map {
                row in
                try SearchReport.SupernodeMatch(name: row["name"], snippet: Self.parts(row["snippet"]))
            }
            return SearchReport(query: text, prompts: prompts, labels: labels, supernodes: supernodes)
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
