import Foundation

extension RotaryEmbedding {
    /// How frequencies are slowed down for contexts longer than those trained on.
    ///
    /// - SeeAlso: `transformers` 4.57, `modeling_rope_utils.py`, whose formulas these are.
    public enum Scaling: Sendable, Equatable {
        /// All frequencies are divided by `factor`.
        case linear(factor: Double)
        /// Only slow frequencies are.
        case llama3(Llama3Scaling)
        /// Slow frequencies are divided by a factor, fast ones stay, and those between are blended.
        case yarn(YarnScaling)
        /// The base grows with the text once it is longer than `contextLength`.
        case dynamic(factor: Double, contextLength: Double)
        /// Each frequency has a divisor of its own: one for short texts, one for long ones.
        case longRope(LongRopeScaling)
    }

    /// How Llama 3 stretches slow frequencies to longer contexts.
    public struct Llama3Scaling: Sendable, Equatable {
        /// How much slow frequencies are slowed down.
        public var factor: Double
        /// Turns an original context below which a frequency counts as slow.
        public var lowFrequencyFactor: Double
        /// Turns an original context above which a frequency is left alone.
        public var highFrequencyFactor: Double
        /// The context before stretching.
        public var originalContextLength: Double

        /// Holds the four parameters of `rope_scaling`.
        public init(
            factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContextLength: Double
        ) {
            self.factor = factor
            self.lowFrequencyFactor = lowFrequencyFactor
            self.highFrequencyFactor = highFrequencyFactor
            self.originalContextLength = originalContextLength
        }

        func applied(to frequency: Double) -> Double {
            let wavelength = 2 * Double.pi / frequency
            let turns = originalContextLength / wavelength
            if turns < lowFrequencyFactor { return frequency / factor }
            if turns > highFrequencyFactor { return frequency }
            let smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)
            return (1 - smooth) * frequency / factor + smooth * frequency
        }
    }

    /// YaRN's blend between frequencies that stay and frequencies that are slowed down.
    ///
    /// - SeeAlso: Peng et al. 2023, "YaRN: Efficient Context Window Extension of Large Language Models".
    public struct YarnScaling: Sendable, Equatable {
        /// How much slow frequencies are slowed down.
        public var factor: Double
        /// Turns an original context above which a frequency stays.
        public var fastTurns: Double
        /// Turns an original context below which a frequency is slowed down wholly.
        public var slowTurns: Double
        /// The context before stretching.
        public var originalContextLength: Double
        /// Whether the ends of the blend are taken to whole frequencies.
        public var isTruncated: Bool
        /// What turned vectors are multiplied by; found from the factor where it is not given.
        public var attentionFactor: Double?
        /// Weights of the factor's logarithm above and below the attention factor's line, where they are given.
        public var scales: Scales?

        /// `mscale` and `mscale_all_dim`.
        public struct Scales: Sendable, Equatable {
            /// Above the line.
            public var numerator: Double
            /// Below it.
            public var denominator: Double
        }

        /// What turned vectors are multiplied by.
        var magnitude: Double {
            if let attentionFactor { return attentionFactor }
            func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
            return scales.map { scale($0.numerator) / scale($0.denominator) } ?? scale(1)
        }

        func frequencies(base: Double, width: Int) -> [Double] {
            func place(turns: Double) -> Double {
                Double(width) * log(originalContextLength / (turns * 2 * Double.pi)) / (2 * log(base))
            }
            var (low, high) = (place(turns: fastTurns), place(turns: slowTurns))
            if isTruncated { (low, high) = (low.rounded(.down), high.rounded(.up)) }
            low = max(low, 0)
            high = min(high, Double(width - 1))
            if low == high { high += 0.001 }
            return (0..<width / 2).map { index in
                let frequency = pow(base, -2 * Double(index) / Double(width))
                let slowed = min(1, max(0, (Double(index) - low) / (high - low)))
                return frequency / factor * slowed + frequency * (1 - slowed)
            }
        }
    }

    /// LongRoPE's divisors.
    ///
    /// - SeeAlso: Ding et al. 2024, "LongRoPE".
    public struct LongRopeScaling: Sendable, Equatable {
        /// One a frequency, for texts within the original context.
        public var shortDivisors: [Double]
        /// One a frequency, for longer texts.
        public var longDivisors: [Double]
        /// The context before stretching.
        public var originalContextLength: Double
        /// What turned vectors are multiplied by.
        public var magnitude: Double
    }
}
