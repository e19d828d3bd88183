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
        let statistics = try BulkInsertion(
            db, into: "feature_statistics",
            columns: [
                "layer", "feature_index", "active_tokens", "active_prompts", "maximum", "activation_sum",
                "activation_square_sum", "histogram",
            ])
        let negativeTails = try BulkInsertion(
            db, into: "feature_negative_tails",
            columns: ["layer", "feature_index", "negative_tokens", "negative_prompts", "minimum", "histogram", "label"])
        let positive = try ExampleInsertion(db, tail: .positive)
        let negative = try ExampleInsertion(db, tail: .negative)
        let labels = try AutomaticLabelDerivation(db, identity: identity)
        for feature in 0..<identity.featureCount {
            let entries = activations.starts[feature]..<activations.starts[feature + 1]
            guard !entries.isEmpty else { continue }
            let id = FeatureID(layer: feature / identity.featuresPerLayer, index: feature % identity.featuresPerLayer)
            let summary = activations.summary(of: entries)
            for value in [id.layer, id.index, entries.count, summary.promptCount] { statistics.bind(value) }
            for value in [Double(summary.maximum), summary.sum, summary.squareSum] { statistics.bind(value) }
            statistics.bind(
                try HistogramBlock.encode(activations.histogram(of: entries, tail: .positive, size: summary.maximum)))
            try statistics.step()

            var texts: [String] = []
            let maxima = activations.extremes(of: entries, tail: .positive)
            if !maxima.isEmpty {
                let choice = ExampleChoice(
                    maxima, size: summary.maximum, feature: NodeKey(id), hashPrefixes: prompts.hashPrefixes)
                try positive.insert(choice, of: id, prompts: prompts)
                texts.append(try labels.text(of: id, tail: .positive, examples: choice.bands[0], prompts: prompts))
            }
            if summary.negativeCount > 0 {
                let minima = activations.extremes(of: entries, tail: .negative)
                let size = summary.minimum.magnitude
                let choice = ExampleChoice(
                    minima, size: size, feature: NodeKey(id), hashPrefixes: prompts.hashPrefixes)
                try negative.insert(choice, of: id, prompts: prompts)
                let text = try labels.text(of: id, tail: .negative, examples: choice.bands[0], prompts: prompts)
                texts.append("negative \(text)")
                for value in [id.layer, id.index, summary.negativeCount, minima.count] { negativeTails.bind(value) }
                negativeTails.bind(Double(summary.minimum))
                negativeTails.bind(
                    try HistogramBlock.encode(activations.histogram(of: entries, tail: .negative, size: size)))
                negativeTails.bind(text)
                try negativeTails.step()
            }
            try labels.insert(id, text: texts.joined(separator: "; "))
        }
        try AutomaticLabelDerivation.makeSearchable(db)
    }
}

/// Writes the examples and intervals of one tail as the features come by.
private struct ExampleInsertion {
    private let examples: BulkInsertion
    private let bands: BulkInsertion

    init(_ db: Database, tail: FeatureTail) throws {
        let infix = tail == .negative ? "negative_" : ""
        examples = try BulkInsertion(
            db, into: "feature_\(infix)examples",
            columns: ["layer", "feature_index", "band", "rank", "prompt_id", "position", "activation"])
        bands = try BulkInsertion(
            db, into: "feature_\(infix)bands", columns: ["layer", "feature_index", "band", "prompt_count"])
    }

    func insert(_ choice: ExampleChoice, of id: FeatureID, prompts: CanonicalPrompts) throws {
        for (band, chosen) in choice.bands.enumerated() {
            for (place, example) in chosen.enumerated() {
                for value in [id.layer, id.index, band, place + 1, prompts.ids[example.ordinal], example.position] {
                    examples.bind(value)
                }
                examples.bind(Double(example.activation))
                try examples.step()
            }
        }
        for (band, count) in choice.promptCounts.enumerated() where count > 0 {
            for value in [id.layer, id.index, band + 1, count] { bands.bind(value) }
            try bands.step()
        }
    }
}
