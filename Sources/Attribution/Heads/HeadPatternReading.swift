import Circuits
import Foundation
import LanguageModels

extension ForwardTrace {
    /// `[layerCount * headCount]`: where the heads look.
    public func headPatterns() -> [HeadPattern] {
        layers.flatMap { layer in
            let count = tokens.count
            let values = layer.patterns
            return (0..<layer.attention.headCount).map { head in
                values.withUnsafeBufferPointer { patterns in
                    pattern(UnsafeBufferPointer(rebasing: patterns[head * count * count..<(head + 1) * count * count]))
                }
            }
        }
    }

    /// - Parameter weights: `[positionCount, positionCount]`, query by key
    private func pattern(_ weights: UnsafeBufferPointer<Float>) -> HeadPattern {
        let count = tokens.count
        guard count > 1 else { return .none }
        var sum = HeadPattern.none
        for query in 1..<count {
            sum.previous += weights[query * count + query - 1]
            sum.first += weights[query * count]
            for key in 0...query {
                let weight = weights[query * count + key]
                guard weight > 0 else { continue }
                if key < query, tokens[key] == tokens[query] { sum.same += weight }
                sum.distance += weight * Float(query - key)
                sum.entropy -= weight * log(weight)
            }
        }
        let queries = Float(count - 1)
        return HeadPattern(
            previous: sum.previous / queries, same: sum.same / queries, first: sum.first / queries,
            distance: sum.distance / queries, entropy: max(0, sum.entropy / queries))
    }
}
