import Foundation

/// Replaces `logits` by their softmax, computed from the largest down so that nothing overflows.
///
/// - Postcondition: the numbers are non-negative and sum to 1 within rounding; an empty buffer stays empty.
public func softmax(_ logits: UnsafeMutableBufferPointer<Float>) {
    guard let largest = logits.max() else { return }
    var total: Float = 0
    for index in logits.indices {
        let value = exp(logits[index] - largest)
        logits[index] = value
        total += value
    }
    for index in logits.indices { logits[index] /= total }
}

/// The softmax of `logits`.
public func softmax(_ logits: [Float]) -> [Float] {
    var values = logits
    values.withUnsafeMutableBufferPointer { softmax($0) }
    return values
}
