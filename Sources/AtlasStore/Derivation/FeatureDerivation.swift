import Circuits
import GRDB

/// Derives each feature's statistics, and of each of its tails examples, intervals and automatic label.
///
/// Most features have one tail. Where activations are negative, as a neuron's may be, what is negative is described in
/// tables of its own, and what the others say of the feature's positive side is what they would say without it.
struct FeatureDerivation {
    let identity: AtlasIdentity

    func run(_ db: Database, prompts: CanonicalPrompts) throws {
        let activations = try FeatureActivations(db, identity: identity, order: .canonical)
        let rows = try FeatureRows(db)
        let ordinals = Dictionary(uniqueKeysWithValues: prompts.ids.enumerated().map { ($1, $0) })
        let naming = LabelNaming(
            identity: identity, frequencies: TokenFrequencies(prompts),
            promoted: try PromotedTokens(db, identity: identity)
        ) { prompt in
            let ordinal = ordinals[prompt]!
            return (prompts.tokens(ordinal: ordinal), prompts.predictedTokens[ordinal])
        }
        let labels = try LabelRows(db)
        for feature in 0..<identity.featureCount {
            let entries = activations.starts[feature]..<activations.starts[feature + 1]
            guard !entries.isEmpty else { continue }
            let id = identity.feature(numbered: feature)
            var tails: [FeatureTail: TailContent] = [:]
            for tail in FeatureTail.allCases {
                tails[tail] = TailContent(
                    activations, entries: entries, tail: tail, feature: id, hashPrefixes: prompts.hashPrefixes
                ) { prompts.ids[$0] }
            }
            try rows.insert(activations.totals(of: entries), histogram: tails[.positive]?.histogram, of: id)
            let name = try naming.name(id, examples: tails.mapValues { $0.bands[0] })
            try labels.insert(name, of: id)
            for (tail, content) in tails { try rows.insert(content, of: id, tail) }
            if let negative = tails[.negative] {
                try rows.insert(negative: negative, label: name.texts[.negative]!, of: id)
            }
        }
        try LabelRows.makeSearchable(db)
    }
}
