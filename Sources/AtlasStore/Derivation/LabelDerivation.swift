import Circuits
import Foundation
import GRDB

/// Writes the automatic labels as the features come by.
struct LabelDerivation {
    /// The tokens of a prompt, and what the model predicts behind them.
    typealias Prompt = (tokens: [Int], predicted: Int)

    private let identity: AtlasIdentity
    private let frequencies: TokenFrequencies
    private let prompt: (Int) throws -> Prompt
    private let labels: BulkInsertion
    private let contexts: BulkInsertion
    private let promoted: Statement
    private let suppressed: Statement

    /// - Parameters:
    ///   - frequencies: how often tokens occur
    ///   - prompt: a prompt by its id
    init(
        _ db: Database, identity: AtlasIdentity, frequencies: TokenFrequencies,
        prompt: @escaping (Int) throws -> Prompt
    ) throws {
        self.identity = identity
        self.frequencies = frequencies
        self.prompt = prompt
        labels = try BulkInsertion(db, into: "automatic_labels", columns: ["layer", "feature_index", "label"])
        contexts = try BulkInsertion(
            db, into: "label_contexts", columns: ["layer", "feature_index", "tail", "tokens"])
        func effects(_ condition: String) throws -> Statement {
            try db.makeStatement(
                sql: """
                    SELECT token FROM token_effects
                    WHERE kind = 'output' AND layer = ? AND feature_index = ? AND \(condition)
                    """)
        }
        promoted = try effects("rank BETWEEN 1 AND \(AutomaticLabel.promotedTokens) AND value > 0")
        suppressed = try effects("rank BETWEEN -\(AutomaticLabel.promotedTokens) AND -1 AND value < 0")
    }

    /// Names a feature by the strongest examples of its tails, of which it has at least one, and writes its name.
    ///
    /// - Returns: the name of each tail
    @discardableResult
    func insert(
        _ feature: FeatureID, positive: [StoredExample]?, negative: [StoredExample]?
    ) throws -> (positive: String?, negative: String?) {
        let texts = try (
            positive: positive.map { try text(of: feature, tail: .positive, examples: $0) },
            negative: negative.map { try text(of: feature, tail: .negative, examples: $0) }
        )
        labels.bind(feature.layer)
        labels.bind(feature.index)
        labels.bind(
            [texts.positive, texts.negative.map { "negative \($0)" }].compactMap { $0 }.joined(separator: "; "))
        try labels.step()
        return texts
    }

    /// Names one tail by its strongest examples, and writes what it could name.
    private func text(of feature: FeatureID, tail: FeatureTail, examples: [StoredExample]) throws -> String {
        let label = AutomaticLabel(
            examples: try examples.map(example), promoted: try promoted(by: feature, tail: tail))
        let found = label.contexts
        if !found.isEmpty {
            for value in [feature.layer, feature.index, tail == .negative ? 1 : 0] { contexts.bind(value) }
            contexts.bind(LabelContexts.encode(found))
            try contexts.step()
        }
        return label.text(vocabulary: identity.vocabulary, frequency: frequencies.frequency(of:))
    }

    private func example(_ stored: StoredExample) throws -> AutomaticLabel.Example {
        let (tokens, predicted) = try prompt(stored.prompt)
        guard tokens.indices ~= stored.position else {
            throw AtlasError.damagedBlock(
                table: "prompts.activations", row: stored.prompt,
                expected: "positions inside the prompt", found: "position \(stored.position)")
        }
        return AutomaticLabel.Example(
            token: tokens[stored.position], before: Set(tokens[..<stored.position].dropFirst()),
            next: stored.position + 1 < tokens.count ? tokens[stored.position + 1] : predicted,
            activation: Double(stored.activation.magnitude))
    }

    /// What a positive activation suppresses a negative one promotes.
    private func promoted(by feature: FeatureID, tail: FeatureTail) throws -> [Int] {
        let tokens = try Int.fetchAll(
            tail == .positive ? promoted : suppressed, arguments: [feature.layer, feature.index])
        if let odd = tokens.first(where: { !identity.vocabulary.indices.contains($0) }) {
            throw AtlasError.damagedRow(
                column: "token", expected: "token ids below \(identity.vocabulary.count)", found: "\(odd)")
        }
        return tokens
    }

    /// Adds automatic labels to the full text of labels, which holds none of these.
    ///
    /// - Parameter source: the table or query they are read from
    static func makeSearchable(_ db: Database, from source: String = "automatic_labels") throws {
        try db.execute(
            sql: """
                INSERT INTO label_search (rowid, label, note)
                SELECT (layer << 24 | feature_index) * 2 + 1, label, '' FROM \(source)
                """)
    }
}
