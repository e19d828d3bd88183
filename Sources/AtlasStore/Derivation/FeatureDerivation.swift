import Circuits
import GRDB

/// Derives each feature's statistics, examples, intervals and automatic label.
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
        let examples = try BulkInsertion(
            db, into: "feature_examples",
            columns: ["layer", "feature_index", "band", "rank", "prompt_id", "position", "activation"])
        let bands = try BulkInsertion(
            db, into: "feature_bands", columns: ["layer", "feature_index", "band", "prompt_count"])
        let labels = try AutomaticLabelDerivation(db, identity: identity)
        var maxima: [PromptMaximum] = []
        for feature in 0..<identity.featureCount {
            let entries = activations.starts[feature]..<activations.starts[feature + 1]
            guard !entries.isEmpty else { continue }
            let id = FeatureID(layer: feature / identity.featuresPerLayer, index: feature % identity.featuresPerLayer)
            activations.maxima(of: entries, into: &maxima)
            let summary = activations.summary(of: entries)
            for value in [id.layer, id.index, entries.count, maxima.count] { statistics.bind(value) }
            for value in [Double(summary.maximum), summary.sum, summary.squareSum] { statistics.bind(value) }
            statistics.bind(try HistogramBlock.encode(summary.histogram))
            try statistics.step()

            let choice = ExampleChoice(
                maxima, maximum: summary.maximum, feature: NodeKey(id), hashPrefixes: prompts.hashPrefixes)
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
            try labels.insert(id, strongest: choice.bands[0], prompts: prompts)
        }
        try AutomaticLabelDerivation.makeSearchable(db)
    }
}

/// The strongest position of a feature in one prompt.
struct PromptMaximum: Equatable {
    /// The prompt's place in canonical order.
    var ordinal: Int
    /// The position, the first of equals.
    var position: Int
    /// The activation there.
    var activation: Float
}

extension FeatureActivations {
    /// What a feature's statistics say of its activations.
    struct Summary {
        var maximum: Float
        var sum = 0.0
        var squareSum = 0.0
        /// Positive activations by bin over (0, maximum].
        var histogram = [Int](repeating: 0, count: HistogramBlock.binCount)
    }

    /// Adds up the entries of one feature, in their order.
    func summary(of entries: Range<Int>) -> Summary {
        var summary = Summary(maximum: values[entries.lowerBound])
        for entry in entries {
            let value = values[entry]
            summary.maximum = max(summary.maximum, value)
            summary.sum += Double(value)
            summary.squareSum += Double(value) * Double(value)
        }
        for entry in entries where values[entry] > 0 {
            let bin = HistogramBlock.bin(
                of: values[entry], maximum: summary.maximum, binCount: HistogramBlock.binCount)
            summary.histogram[bin] += 1
        }
        return summary
    }

    /// The strongest position of each prompt among the entries of one feature, by prompt.
    func maxima(of entries: Range<Int>, into maxima: inout [PromptMaximum]) {
        maxima.removeAll(keepingCapacity: true)
        for entry in entries {
            let (ordinal, value) = (Int(prompts[entry]), values[entry])
            if let last = maxima.last, last.ordinal == ordinal {
                if value > last.activation {
                    maxima[maxima.count - 1] = PromptMaximum(
                        ordinal: ordinal, position: Int(positions[entry]), activation: value)
                }
            } else {
                maxima.append(PromptMaximum(ordinal: ordinal, position: Int(positions[entry]), activation: value))
            }
        }
    }
}
