import Foundation

/// Rotary positions: the halves of a head's vector, or of its first part, are turned by an angle that grows with the position.
///
/// - SeeAlso: Su et al. 2021, "RoFormer"; the `llama3` scaling is that of the Llama 3.1 release.
public struct RotaryEmbedding: Sendable {
    /// How frequencies are slowed down for contexts longer than those trained on.
    public enum Scaling: Sendable, Equatable {
        /// All frequencies are divided by `factor`.
        case linear(factor: Double)
        /// Only slow frequencies are.
        case llama3(Llama3Scaling)
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

    /// Numbers a head.
    public let headWidth: Int
    /// Radians a position; two numbers a head are turned by each, and the head's numbers after those stay.
    public let frequencies: [Double]

    /// Prepares frequencies `base^(-2i / rotatedWidth)`, scaled where asked.
    ///
    /// - Parameter rotatedWidth: numbers a head that are turned, even; all of them unless given
    public init(headWidth: Int, rotatedWidth: Int? = nil, base: Double, scaling: Scaling? = nil) {
        let rotatedWidth = rotatedWidth ?? headWidth
        precondition(rotatedWidth % 2 == 0 && rotatedWidth <= headWidth)
        self.headWidth = headWidth
        frequencies = (0..<rotatedWidth / 2).map { index in
            let frequency = pow(base, -2 * Double(index) / Double(rotatedWidth))
            return switch scaling {
            case nil: frequency
            case .linear(let factor): frequency / factor
            case .llama3(let scaling): scaling.applied(to: frequency)
            }
        }
    }

    /// Turns every head of every row, in place.
    ///
    /// - Parameters:
    ///   - rows: `[positionCount, headCount * headWidth]`
    ///   - first: where the first row stands
    public func rotate(_ rows: UnsafeMutablePointer<Float>, positionCount: Int, headCount: Int, from first: Int = 0) {
        let half = frequencies.count
        for position in 0..<positionCount {
            for index in 0..<half {
                let angle = Double(first + position) * frequencies[index]
                let cosine = Float(cos(angle))
                let sine = Float(sin(angle))
                for head in 0..<headCount {
                    let left = rows + (position * headCount + head) * headWidth + index
                    let right = left + half
                    let (x, y) = (left.pointee, right.pointee)
                    left.pointee = x * cosine - y * sine
                    right.pointee = y * cosine + x * sine
                }
            }
        }
    }
}
