import Circuits
import Foundation
import LanguageModels

extension ForwardTrace {
    /// `[layerCount * headCount]`: where the heads look.
    public func headPatterns() -> [HeadPattern] {
        let scratch = UnsafeMutablePointer<Float>.allocate(
            capacity: AttentionPatterns.scratchCount(reach: tokens.count))
        defer { scratch.deallocate() }
        return layers.flatMap { layer in
            (0..<layer.attention.headCount).map { pattern(ofHead: $0, layer.attention, scratch) }
        }
    }

    /// - Parameter scratch: room for a block
    private func pattern(
        ofHead head: Int, _ attention: AttentionPatterns, _ scratch: UnsafeMutablePointer<Float>
    ) -> HeadPattern {
        let count = tokens.count
        guard count > 1 else { return .none }
        // In double: of thousands of positions there are millions of small summands.
        var (previous, same, first, distance, entropy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        attention.forEachBlock(head: head, queries: 1..<count, scratch: scratch) { block in
            for query in block.queries {
                let line = block.weights + (query - block.queries.lowerBound) * block.stride
                for key in block.keys.lowerBound...query {
                    let weight = Double(line[key - block.keys.lowerBound])
                    guard weight > 0 else { continue }
                    if key == query - 1 { previous += weight }
                    if key == 0 { first += weight }
                    if key < query, tokens[key] == tokens[query] { same += weight }
                    distance += weight * Double(query - key)
                    entropy -= weight * log(weight)
                }
            }
        }
        let queries = Double(count - 1)
        return HeadPattern(
            previous: Float(previous / queries), same: Float(same / queries), first: Float(first / queries),
            distance: Float(distance / queries), entropy: Float(max(0, entropy / queries)))
    }
}
