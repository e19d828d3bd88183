import Circuits
import GRDB

/// Writes the automatic labels as the features come by.
struct AutomaticLabelDerivation {
    private let identity: AtlasIdentity
    /// `[featureCount][promotedTokens]`: the tokens that each feature promotes most, -1 where there are fewer.
    private let promoted: [Int32]
    private let labels: BulkInsertion
    private let suppressed: Statement

    init(_ db: Database, identity: AtlasIdentity) throws {
        self.identity = identity
        labels = try BulkInsertion(db, into: "automatic_labels", columns: ["layer", "feature_index", "label"])
        suppressed = try db.makeStatement(
            sql: """
                SELECT token FROM token_effects
                WHERE kind = 'output' AND layer = ? AND feature_index = ?
                    AND rank BETWEEN -\(AutomaticLabel.promotedTokens) AND -1 AND value < 0
                """)
        var promoted = [Int32](repeating: -1, count: identity.featureCount * AutomaticLabel.promotedTokens)
        let sql = """
            SELECT layer, feature_index, rank, token FROM token_effects
            WHERE kind = 'output' AND rank BETWEEN 1 AND \(AutomaticLabel.promotedTokens) AND value > 0
            """
        try BlobScan.run(db, sql: sql) { row in
            let feature = FeatureID(layer: row.integer(0), index: row.integer(1))
            guard identity.contains(feature) else {
                throw AtlasError.unstorable(
                    what: "automatic labels",
                    expected: "token effects of \(identity.layerCount) layers of \(identity.featuresPerLayer) features",
                    found: "feature \(feature)")
            }
            let start = (feature.layer * identity.featuresPerLayer + feature.index) * AutomaticLabel.promotedTokens
            let token = try row.integer(3, named: "token", in: 0..<identity.vocabulary.count)
            promoted[start + row.integer(2) - 1] = Int32(token)
        }
        self.promoted = promoted
    }

    /// Names one tail of a feature by its strongest examples, at least one; they name at least one token.
    func text(
        of feature: FeatureID, tail: FeatureTail, examples strongest: [PromptExtreme], prompts: CanonicalPrompts
    ) throws -> String {
        let examples = try strongest.map { example in
            let tokens = prompts.tokens(ordinal: example.ordinal)
            guard tokens.indices ~= example.position else {
                throw AtlasError.damagedBlock(
                    table: "prompts.activations", row: prompts.ids[example.ordinal],
                    expected: "positions inside the prompt", found: "position \(example.position)")
            }
            return AutomaticLabel.Example(
                token: tokens[example.position], before: Set(tokens[..<example.position].dropFirst()),
                next: example.position + 1 < tokens.count
                    ? tokens[example.position + 1] : prompts.predictedTokens[example.ordinal],
                activation: Double(example.size))
        }
        let tokens = try tail == .positive ? promoted(by: feature) : suppressed(by: feature)
        return AutomaticLabel(examples: examples, promoted: tokens).text(
            vocabulary: identity.vocabulary, frequency: prompts.frequency(of:))
    }

    /// Labels one feature.
    func insert(_ feature: FeatureID, text: String) throws {
        labels.bind(feature.layer)
        labels.bind(feature.index)
        labels.bind(text)
        try labels.step()
    }

    private func promoted(by feature: FeatureID) -> [Int] {
        let start = (feature.layer * identity.featuresPerLayer + feature.index) * AutomaticLabel.promotedTokens
        return promoted[start..<start + AutomaticLabel.promotedTokens].filter { $0 >= 0 }.map(Int.init)
    }

    /// What a positive activation suppresses a negative one promotes. Read feature by feature: few have such a side.
    private func suppressed(by feature: FeatureID) throws -> [Int] {
        let tokens = try Int.fetchAll(suppressed, arguments: [feature.layer, feature.index])
        if let odd = tokens.first(where: { !identity.vocabulary.indices.contains($0) }) {
            throw AtlasError.damagedRow(
                column: "token", expected: "token ids below \(identity.vocabulary.count)", found: "\(odd)")
        }
        return tokens
    }

    /// Adds all automatic labels to the full text of labels, which holds none.
    static func makeSearchable(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO label_search (rowid, label, note)
                SELECT (layer << 24 | feature_index) * 2 + 1, label, '' FROM automatic_labels
                """)
    }
}
