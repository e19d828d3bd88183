import Circuits
import GRDB

/// Derives each feature's statistics, and of each of its tails examples, intervals and automatic label.
///
/// Most features have one tail. Where activations are negative, as a neuron's may be, what is negative is described in
/// tables of its own, and what the others say of the feature's positive side is what they would say without it.
struct FeatureDerivation {
    private let rows: FeatureRows
    private let naming: LabelNaming
    private let labels: LabelRows

    /// - Parameters:
    ///   - frequencies: how often tokens occur
    ///   - prompt: a prompt by its id
    init(
        _ db: Database, identity: AtlasIdentity, frequencies: TokenFrequencies,
        prompt: @escaping (Int) throws -> LabelNaming.Prompt
    ) throws {
        rows = try FeatureRows(db)
        naming = LabelNaming(
            identity: identity, frequencies: frequencies, promoted: try PromotedTokens(db, identity: identity),
            prompt: prompt)
        labels = try LabelRows(db)
    }

    /// Derives every feature from the prompts' activations.
    static func run(_ db: Database, identity: AtlasIdentity, prompts: CanonicalPrompts) throws {
        let activations = try FeatureActivations(db, identity: identity, order: .canonical)
        let ordinals = Dictionary(uniqueKeysWithValues: prompts.ids.enumerated().map { ($1, $0) })
        let derivation = try FeatureDerivation(
            db, identity: identity, frequencies: TokenFrequencies(prompts)
        ) { prompt in
            let ordinal = ordinals[prompt]!
            return (prompts.tokens(ordinal: ordinal), prompts.predictedTokens[ordinal])
        }
        for feature in 0..<identity.featureCount {
            let entries = activations.starts[feature]..<activations.starts[feature + 1]
            guard !entries.isEmpty else { continue }
            try derivation.insert(
                identity.feature(numbered: feature), activations, entries: entries, hashPrefixes: prompts.hashPrefixes
            ) { prompts.ids[$0] }
        }
        try LabelRows.makeSearchable(db)
    }

    /// Derives one feature.
    ///
    /// - Parameters:
    ///   - entries: the feature's, at least one, prompts as ordinals in canonical order
    ///   - hashPrefixes: the leading bits of the prompts' content hashes, by ordinal
    ///   - promptID: a prompt's id by its ordinal
    func insert(
        _ id: FeatureID, _ activations: FeatureActivations, entries: Range<Int>, hashPrefixes: [UInt64],
        promptID: (Int) -> Int
    ) throws {
        var tails: [FeatureTail: TailContent] = [:]
        for tail in FeatureTail.allCases {
            tails[tail] = TailContent(
                activations, entries: entries, tail: tail, feature: id, hashPrefixes: hashPrefixes, promptID: promptID)
        }
        try rows.insert(activations.totals(of: entries), histogram: tails[.positive]?.histogram, of: id)
        let name = try naming.name(id, examples: tails.mapValues { $0.bands[0] })
        try labels.insert(name, of: id)
        for (tail, content) in tails { try rows.insert(content, of: id, tail) }
        if let negative = tails[.negative] {
            try rows.insert(negative: negative, label: name.texts[.negative]!, of: id)
        }
    }
}
