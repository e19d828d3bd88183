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
        let labels = try LabelDerivation(
            db, identity: identity, frequencies: TokenFrequencies(prompts)
        ) { prompt in
            let ordinal = ordinals[prompt]!
            return (prompts.tokens(ordinal: ordinal), prompts.predictedTokens[ordinal])
        }
        for feature in 0..<identity.featureCount {
            let entries = activations.starts[feature]..<activations.starts[feature + 1]
            guard !entries.isEmpty else { continue }
            let id = identity.feature(numbered: feature)
            func content(_ tail: FeatureTail) -> TailContent? {
                TailContent(
                    activations, entries: entries, tail: tail, feature: id, hashPrefixes: prompts.hashPrefixes
                ) { prompts.ids[$0] }
            }
            let (positive, negative) = (content(.positive), content(.negative))
            try rows.insert(activations.totals(of: entries), histogram: positive?.histogram, of: id)
            let texts = try labels.insert(id, positive: positive?.bands[0], negative: negative?.bands[0])
            if let positive { try rows.insert(positive, of: id, .positive) }
            if let negative {
                try rows.insert(negative, of: id, .negative)
                try rows.insert(negative: negative, label: texts.negative!, of: id)
            }
        }
        try LabelDerivation.makeSearchable(db)
    }
}
