/// One of the two sides of a feature's activations.
///
/// Zero counts with the positive side, so that a feature without negative activations has this side only.
enum FeatureTail {
    /// What is zero or more.
    case positive
    /// What is less than zero.
    case negative

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
    /// What a feature's statistics say of its activations.
    struct Summary {
        /// How many prompts the entries are in.
        var promptCount = 0
        var maximum: Float
        var minimum: Float
        /// How many entries are negative.
        var negativeCount = 0
        var sum = 0.0
        var squareSum = 0.0
    }

    /// Adds up the entries of one feature, in their order.
    func summary(of entries: Range<Int>) -> Summary {
        var summary = Summary(maximum: values[entries.lowerBound], minimum: values[entries.lowerBound])
        for entry in entries {
            let value = values[entry]
            if entry == entries.lowerBound || prompts[entry] != prompts[entry - 1] { summary.promptCount += 1 }
            summary.maximum = max(summary.maximum, value)
            summary.minimum = min(summary.minimum, value)
            if value < 0 { summary.negativeCount += 1 }
            summary.sum += Double(value)
            summary.squareSum += Double(value) * Double(value)
        }
        return summary
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
