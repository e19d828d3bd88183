import Foundation

/// Rotary positions: the halves of a head's vector, or of its first part, are turned by an angle that grows with the position.
///
/// - SeeAlso: Su et al. 2021, "RoFormer"; the `llama3` scaling is that of the Llama 3.1 release.
public struct RotaryEmbedding: Sendable {
    /// Numbers a head.
    public let headWidth: Int
    /// Numbers a head that are turned; those after them stay.
    public let rotatedWidth: Int
    private let base: Double
    private let scaling: Scaling?
    /// Radians a position, where they do not depend on the text's length.
    private let fixed: [Double]

    /// Prepares frequencies `base^(-2i / rotatedWidth)`, scaled where asked.
    ///
    /// - Parameter rotatedWidth: numbers a head that are turned, even; all of them unless given
    public init(headWidth: Int, rotatedWidth: Int? = nil, base: Double, scaling: Scaling? = nil) {
        let rotatedWidth = rotatedWidth ?? headWidth
        precondition(rotatedWidth % 2 == 0 && rotatedWidth <= headWidth)
        self.headWidth = headWidth
        self.rotatedWidth = rotatedWidth
        self.base = base
        self.scaling = scaling
        fixed = Self.frequencies(base: base, width: rotatedWidth, scaling: scaling)
    }

    /// Radians a position in a text of so many tokens; two numbers a head are turned by each.
    public func frequencies(tokenCount: Int) -> [Double] {
        switch scaling {
        case .dynamic(let factor, let contextLength) where Double(tokenCount) > contextLength && rotatedWidth > 2:
            let growth = factor * Double(tokenCount) / contextLength - (factor - 1)
            let width = Double(rotatedWidth)
            return Self.frequencies(base: base * pow(growth, width / (width - 2)), width: rotatedWidth, scaling: nil)
        case .longRope(let scaling) where Double(tokenCount) > scaling.originalContextLength:
            return zip(Self.frequencies(base: base, width: rotatedWidth, scaling: nil), scaling.longDivisors).map(/)
        default: return fixed
        }
    }

    private static func frequencies(base: Double, width: Int, scaling: Scaling?) -> [Double] {
        if case .yarn(let scaling) = scaling { return scaling.frequencies(base: base, width: width) }
        return (0..<width / 2).map { index in
            let frequency = pow(base, -2 * Double(index) / Double(width))
            return switch scaling {
            case nil, .yarn, .dynamic: frequency
            case .linear(let factor): frequency / factor
            case .llama3(let scaling): scaling.applied(to: frequency)
            case .longRope(let scaling): frequency / scaling.shortDivisors[index]
            }
        }
    }

    /// What turned numbers are multiplied by beside.
    var magnitude: Double {
        switch scaling {
        case .yarn(let scaling): scaling.magnitude
        case .longRope(let scaling): scaling.magnitude
        default: 1
        }
    }

    /// Turns every head of every row, in place.
    ///
    /// - Parameters:
    ///   - rows: `[positionCount, headCount * headWidth]`
    ///   - first: where the first row stands
    public func rotate(_ rows: UnsafeMutablePointer<Float>, positionCount: Int, headCount: Int, from first: Int = 0) {
        let frequencies = frequencies(tokenCount: first + positionCount)
        for position in 0..<positionCount {
            turn(
                rows + position * headCount * headWidth, headCount: headCount, at: first + position,
                frequencies: frequencies)
        }
    }

    /// Turns heads that stand at one position, in place.
    ///
    /// - Parameters:
    ///   - heads: `[headCount, headWidth]`
    ///   - frequencies: those of a text of as many tokens as the heads' own
    func turn(_ heads: UnsafeMutablePointer<Float>, headCount: Int, at position: Int, frequencies: [Double]) {
        let magnitude = magnitude
        let half = frequencies.count
        for index in 0..<half {
            let angle = Double(position) * frequencies[index]
            let cosine = Float(cos(angle) * magnitude)
            let sine = Float(sin(angle) * magnitude)
            for head in 0..<headCount {
                let left = heads + head * headWidth + index
                let right = left + half
                let (x, y) = (left.pointee, right.pointee)
                left.pointee = x * cosine - y * sine
                right.pointee = y * cosine + x * sine
            }
        }
    }
}
