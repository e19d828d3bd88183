import Circuits
import GRDB

/// Writes the automatic labels as the features come by.
struct AutomaticLabelDerivation {
    private let identity: AtlasIdentity
    private let promoted: Statement
    private let labels: BulkInsertion

    init(_ db: Database, identity: AtlasIdentity) throws {
        self.identity = identity
        promoted = try db.makeStatement(
            sql: """
                SELECT token FROM token_effects
                WHERE kind = 'output' AND layer = ? AND feature_index = ? AND rank > 0 AND value > 0 ORDER BY rank
                """)
        labels = try BulkInsertion(db, into: "automatic_labels", columns: ["layer", "feature_index", "label"])
    }

    /// Labels one feature from its strongest examples; they name at least one token.
    func insert(_ feature: FeatureID, strongest: [PromptMaximum], prompts: CanonicalPrompts) throws {
        let examples = try strongest.map { example in
            guard let token = prompts.token(ordinal: example.ordinal, position: example.position) else {
                throw AtlasError.damagedBlock(
                    table: "prompts.activations", row: prompts.ids[example.ordinal],
                    expected: "positions inside the prompt", found: "position \(example.position)")
            }
            return (token: token, activation: Double(example.activation))
        }
        let tokens = try Int.fetchAll(promoted, arguments: [feature.layer, feature.index])
        labels.bind(feature.layer)
        labels.bind(feature.index)
        labels.bind(
            AutomaticLabel.text(strongest: examples, promoted: tokens, vocabulary: identity.vocabulary))
        try labels.step()
    }
}
