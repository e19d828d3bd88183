import AtlasStore
import Circuits
import GRDB
import Texts

/// Search by what tokens and prompts are called rather than by words in texts.
extension AtlasReader {
    static let namesOfPrompts = """
        SELECT DISTINCT external_id, prompt_id FROM memberships
        WHERE external_id >= ? AND external_id < ? || char(1114111) ORDER BY external_id, prompt_id LIMIT ?
        """
    /// Reads the index of texts from end to end: what a token's text begins with behind its space no index knows.
    static let tokensLike = """
        SELECT token, text FROM vocabulary
        WHERE text LIKE ? ESCAPE '\\' OR text LIKE ' ' || ? ESCAPE '\\' ORDER BY token
        """
    static let explainedPromptsOfToken = "SELECT prompt_count FROM logit_statistics WHERE token = ?"
    static let promptsOfToken = "SELECT prompt_count FROM token_statistics WHERE token = ?"
    static let promotersOfToken = """
        SELECT layer, feature_index, value FROM token_effects
        WHERE kind = 'output' AND token = ? AND value > 0 AND rank > 0 ORDER BY value DESC LIMIT ?
        """
    static let promotedByFeature = """
        SELECT token, value FROM token_effects
        WHERE kind = 'output' AND layer = ? AND feature_index = ? AND rank > 0 ORDER BY rank
        """
    /// How many tokens of a common beginning are looked at: those that are shortest.
    static let searchedTokens = 200

    /// A token that is like the text.
    struct FoundToken {
        let match: SearchReport.TokenMatch
        /// Whether a prompt has it, or a graph explains it.
        var isUsed: Bool { match.explainedPrompts > 0 || match.promptCount > 0 }
    }

    /// Tokens that begin with a text, those that are it first, then those of most prompts.
    func tokens(like text: String, _ db: Database) throws -> [FoundToken] {
        let wanted = NameRule.trimmed(text)
        guard !wanted.isEmpty, !wanted.utf8.contains(0) else { return [] }
        let pattern = Self.literalPattern(wanted) + "%"
        let explained = try db.cachedStatement(sql: Self.explainedPromptsOfToken)
        let contained = try db.cachedStatement(sql: Self.promptsOfToken)
        let length = wanted.unicodeScalars.count
        let found = try StoredRow.fetchAll(db, sql: Self.tokensLike, arguments: [pattern, pattern]).map { row in
            (token: try storedToken(row["token"]), text: try row["text"] as String)
        }
        // The shortest are nearest to what was written.
        let nearest = found.sorted {
            ($0.text.unicodeScalars.count, $0.token) < ($1.text.unicodeScalars.count, $1.token)
        }.prefix(Self.searchedTokens)
        let tokens = try nearest.map { token in
            FoundToken(
                match: SearchReport.TokenMatch(
                    token: token.token, text: token.text,
                    explainedPrompts: try Int.fetchOne(explained, arguments: [token.token]) ?? 0,
                    promptCount: try Int.fetchOne(contained, arguments: [token.token]) ?? 0))
        }
        func isWhole(_ token: FoundToken) -> Int {
            NameRule.trimmed(token.match.text).unicodeScalars.count == length ? 0 : 1
        }
        return tokens.sorted {
            (isWhole($0), -$0.match.explainedPrompts, -$0.match.promptCount, $0.match.token)
                < (isWhole($1), -$1.match.explainedPrompts, -$1.match.promptCount, $1.match.token)
        }
    }

    /// Prompts whose name begins with a text, and the one that it numbers.
    func names(like text: String, limit: Int, _ db: Database) throws -> [SearchReport.NameMatch] {
        let name = NameRule.trimmed(text)
        guard !name.isEmpty, !name.utf8.contains(0) else { return [] }
        var found = try StoredRow.fetchAll(db, sql: Self.namesOfPrompts, arguments: [name, name, limit]).map { row in
            (id: try row["prompt_id"] as Int, name: try row["external_id"] as String)
        }
        if let id = Int(name), String(id) == name, !found.contains(where: { $0.id == id && $0.name == name }) {
            found.insert((id, name), at: 0)
        }
        return try found.prefix(limit).compactMap { id, name in
            try StoredRow.fetchOne(db, sql: Self.textOfPrompt, arguments: [id]).map { row in
                try SearchReport.NameMatch(
                    id: id, name: name, text: (row["text"] as String).shortened(to: String.nameLimit))
            }
        }
    }

    /// The features of a prompt's stored graph.
    func featuresOfGraph(_ prompt: Int, _ db: Database) throws -> Set<FeatureID> {
        try storedNodes(of: prompt, db).reduce(into: []) { features, node in
            if case .feature(let layer, _, let index) = node.id {
                features.insert(FeatureID(layer: layer, index: index))
            }
        }
    }

    /// The features that promote one of some tokens, each with the token of its largest effect.
    func promoters(
        of tokens: [FoundToken], limit: Int, _ db: Database
    ) throws -> [SearchReport.PromoterMatch] {
        let statement = try db.cachedStatement(sql: Self.promotersOfToken)
        var best: [FeatureID: (token: SearchReport.TokenMatch, value: Double)] = [:]
        for token in tokens {
            for row in try StoredRow.fetchAll(statement, arguments: [token.match.token, limit]) {
                let (feature, value): (FeatureID, Double) = try (storedFeature(in: row), row["value"])
                if value > best[feature]?.value ?? 0 { best[feature] = (token.match, value) }
            }
        }
        return try promoters(best, limit: limit, db)
    }

    /// The same of the features of a graph.
    func promoters(
        of tokens: [FoundToken], among features: Set<FeatureID>, limit: Int, _ db: Database
    ) throws -> [SearchReport.PromoterMatch] {
        let known = Dictionary(uniqueKeysWithValues: tokens.map { ($0.match.token, $0.match) })
        let statement = try db.cachedStatement(sql: Self.promotedByFeature)
        var best: [FeatureID: (token: SearchReport.TokenMatch, value: Double)] = [:]
        for feature in features where !known.isEmpty {
            // The tokens of a feature come largest effect first.
            for row in try StoredRow.fetchAll(statement, arguments: [feature.layer, feature.index]) {
                guard let token = known[try row["token"]] else { continue }
                best[feature] = (token, try row["value"])
                break
            }
        }
        return try promoters(best, limit: limit, db)
    }

    private func promoters(
        _ best: [FeatureID: (token: SearchReport.TokenMatch, value: Double)], limit: Int, _ db: Database
    ) throws -> [SearchReport.PromoterMatch] {
        let ordered = best.sorted { (-$0.value.value, $0.key) < (-$1.value.value, $1.key) }.prefix(limit)
        return try ordered.map { feature, found in
            let label = try shownLabel(of: feature, db)
            return SearchReport.PromoterMatch(
                feature: feature, label: label.label?.shortened(to: String.nameLimit),
                labelIsAutomatic: label.isAutomatic, token: found.token.token, text: found.token.text,
                value: found.value)
        }
    }
}
