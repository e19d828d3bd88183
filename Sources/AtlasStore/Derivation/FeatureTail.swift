/// One of the two sides of a feature's activations.
///
/// Zero counts with the positive side, so that a feature without negative activations has this side only.
enum FeatureTail: CaseIterable {
    /// What is zero or more.
    case positive
    /// What is less than zero.
    case negative

    /// How a tail is told in tables.
    var number: Int { self == .positive ? 0 : 1 }

    /// The table of its examples.
    var exampleTable: String { self == .positive ? "feature_examples" : "feature_negative_examples" }
    /// The table of how many prompts its intervals hold.
    var intervalTable: String { self == .positive ? "feature_bands" : "feature_negative_bands" }

    /// Whether an activation belongs to this side.
    func contains(_ activation: Float) -> Bool { (activation < 0) == (self == .negative) }
}

/// The position of one prompt where a feature goes furthest on one side.
struct PromptExtreme: Equatable {
    /// The prompt's place in canonical order.
    var ordinal: Int
    /// The position, the first of equals.
    var position: Int
    /// The activation there, with its sign.
    var activation: Float

    /// How far the activation is from zero.
    var size: Float { activation.magnitude }
}

extension FeatureActivations {
    /// Adds up the entries of one feature, at least one, in their order.
    func totals(of entries: Range<Int>) -> FeatureRows.Totals {
        var totals = FeatureRows.Totals(
            activeTokens: entries.count, activePrompts: 0, maximum: values[entries.lowerBound], sum: 0, squareSum: 0)
        for entry in entries {
            let value = values[entry]
            if entry == entries.lowerBound || prompts[entry] != prompts[entry - 1] { totals.activePrompts += 1 }
            totals.maximum = max(totals.maximum, value)
            totals.sum += Double(value)
            totals.squareSum += Double(value) * Double(value)
        }
        return totals
    }

    /// Counts by size of the activations on one side of zero, in equal bins over `(0, size]`; zeros are in none.
    func histogram(of entries: Range<Int>, tail: FeatureTail, size: Float) -> [Int] {
        var histogram = [Int](repeating: 0, count: HistogramBlock.binCount)
        for entry in entries where values[entry] != 0 && tail.contains(values[entry]) {
            let bin = HistogramBlock.bin(
                of: values[entry].magnitude, maximum: size, binCount: HistogramBlock.binCount)
            histogram[bin] += 1
        }
        return histogram
    }

    /// For each prompt with entries on one side the position where that goes furthest, by prompt.
    func extremes(of entries: Range<Int>, tail: FeatureTail) -> [PromptExtreme] {
        var extremes: [PromptExtreme] = []
        for entry in entries where tail.contains(values[entry]) {
            let found = PromptExtreme(
                ordinal: Int(prompts[entry]), position: Int(positions[entry]), activation: values[entry])
            if let last = extremes.last, last.ordinal == found.ordinal {
                if found.size > last.size { extremes[extremes.count - 1] = found }
            } else {
                extremes.append(found)
            }
        }
        return extremes
    }
}
