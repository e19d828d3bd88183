import Foundation

/// Rotary positions: the halves of a head's vector are turned by an angle that grows with the position.
///
/// - SeeAlso: Su et al. 2021, "RoFormer"; the `llama3` scaling is that of the Llama 3.1 release.
public struct RotaryEmbedding: Sendable {
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
    }

    /// `[headWidth / 2]`: radians a position.
    public let frequencies: [Double]

    /// Prepares frequencies `base^(-2i / headWidth)`, scaled where asked.
    public init(headWidth: Int, base: Double, scaling: Llama3Scaling? = nil) {
        precondition(headWidth % 2 == 0)
        frequencies = (0..<headWidth / 2).map { index in
            let frequency = pow(base, -2 * Double(index) / Double(headWidth))
            guard let scaling else { return frequency }
            let wavelength = 2 * Double.pi / frequency
            let turns = scaling.originalContextLength / wavelength
            if turns < scaling.lowFrequencyFactor { return frequency / scaling.factor }
            if turns > scaling.highFrequencyFactor { return frequency }
            let smooth =
                (turns - scaling.lowFrequencyFactor) / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor)
            return (1 - smooth) * frequency / scaling.factor + smooth * frequency
        }
    }

    /// Turns every head of every row, in place; row `p` stands at position `p`.
    ///
    /// - Parameter rows: `[positionCount, headCount * headWidth]`
    public func rotate(_ rows: UnsafeMutablePointer<Float>, positionCount: Int, headCount: Int) {
        let half = frequencies.count
        for position in 0..<positionCount {
            for index in 0..<half {
                let angle = Double(position) * frequencies[index]
                let cosine = Float(cos(angle))
                let sine = Float(sin(angle))
                for head in 0..<headCount {
                    let first = rows + (position * headCount + head) * 2 * half + index
                    let second = first + half
                    let (x, y) = (first.pointee, second.pointee)
                    first.pointee = x * cosine - y * sine
                    second.pointee = y * cosine + x * sine
                }
            }
        }
    }
}
