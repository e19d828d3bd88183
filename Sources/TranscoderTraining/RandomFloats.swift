import Circuits
import Foundation

extension SeededNumbers {
    /// A number from 0 to 1, below 1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A normally distributed number with mean 0 and variance 1 (Box and Muller 1958).
    mutating func normal() -> Float {
        let radius = (-2 * log(1 - share())).squareRoot()
        return Float(radius * cos(2 * .pi * share()))
    }

    /// The numbers below `count` in random order (Fisher and Yates).
    mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for place in stride(from: count - 1, to: 0, by: -1) { order.swapAt(place, below(place + 1)) }
        return order
    }
}
