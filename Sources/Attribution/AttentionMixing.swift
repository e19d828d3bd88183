import LanguageModels
import Tensors

/// The adjoint of attention's value mixing for many targets at once: what reaches each position's values from the heads'
/// outputs, patterns held.
///
///     values[t][k] = 1/σ[k] · sum over q >= k of P[q, k] z[t][q]      query heads that share a value head add up
///
/// A head's `z` of all targets are laid side by side, so that the sum over queries is one matrix product a block of
/// queries, `Pᵀ [z of the first target, z of the second, …]`: patterns are read, or made anew, once for all targets. Short
/// prompts go target by target through a kernel instead, which is this code's plain version.
final class AttentionMixing {
    /// `[reach, live * headWidth]`.
    private let gathered: UnsafeMutablePointer<Float>
    /// `[reach, live * headWidth]`.
    private let mixed: UnsafeMutablePointer<Float>
    private let pattern: UnsafeMutablePointer<Float>
    private let capacity: Int

    /// Makes room for `targetCount` targets that reach `reach` positions through heads of `headWidth` numbers.
    init(targetCount: Int, reach: Int, headWidth: Int) {
        capacity = targetCount * reach * headWidth
        gathered = .allocate(capacity: capacity)
        mixed = .allocate(capacity: capacity)
        pattern = .allocate(capacity: AttentionPatterns.scratchCount(reach: reach))
    }

    deinit {
        gathered.deallocate()
        mixed.deallocate()
        pattern.deallocate()
    }

    /// Bytes that room for so much takes.
    static func byteCount(targetCount: Int, reach: Int, headWidth: Int) -> Int {
        (2 * targetCount * reach * headWidth + AttentionPatterns.scratchCount(reach: reach))
            * MemoryLayout<Float>.stride
    }

    /// - Parameters:
    ///   - heads: `[live, reach, headCount * headWidth]`, gradients at the heads' outputs
    ///   - scale: `[reach]` or more, multiplied into each key position's result
    ///   - precision: how exactly products are computed
    ///   - values: `[live, reach, keyValueHeadCount * headWidth]`, overwritten
    /// - Returns: floating-point operations
    func apply(
        _ heads: UnsafePointer<Float>, live: Int, reach: Int, attention: Attention, patterns: AttentionPatterns,
        scale: [Float], _ precision: ProductPrecision, into values: UnsafeMutablePointer<Float>
    ) -> Int {
        let (headCount, headWidth) = (attention.headCount, attention.headWidth)
        let width = live * headWidth
        precondition(reach * width <= capacity)
        var operations = 0
        for head in 0..<headCount {
            if head % attention.groupSize == 0 { mixed.update(repeating: 0, count: reach * width) }
            for target in 0..<live {
                let from = heads + target * reach * headCount * headWidth + head * headWidth
                for query in 0..<reach {
                    (gathered + query * width + target * headWidth).update(
                        from: from + query * headCount * headWidth, count: headWidth)
                }
            }
            patterns.forEachBlock(head: head, queries: 0..<reach, scratch: pattern) { block in
                precision.multiplyTransposed(
                    block.weights, stride: block.stride, gathered + block.queries.lowerBound * width, stride: width,
                    into: mixed + block.keys.lowerBound * width, stride: width, rowCount: block.keys.count,
                    columnCount: width, innerCount: block.queries.count, accumulate: true)
                operations += 2 * block.keys.count * block.queries.count * width
                if patterns.kept == nil { operations += 2 * block.keys.count * block.queries.count * headWidth }
            }
            guard (head + 1) % attention.groupSize == 0 else { continue }
            let valueWidth = attention.keyValueHeadCount * headWidth
            for target in 0..<live {
                let to = values + target * reach * valueWidth + head / attention.groupSize * headWidth
                for key in 0..<reach {
                    let (own, from) = (to + key * valueWidth, mixed + key * width + target * headWidth)
                    for index in 0..<headWidth { own[index] = scale[key] * from[index] }
                }
            }
        }
        return operations
    }
}
