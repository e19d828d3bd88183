import Tensors

/// Causal attention with rotary positions and shared heads of keys and values.
public struct Attention: Sendable {
    /// `[headCount * headWidth, modelWidth]`.
    public let queryWeight: StoredMatrix
    /// `[keyValueHeadCount * headWidth, modelWidth]`.
    public let keyWeight: StoredMatrix
    /// `[keyValueHeadCount * headWidth, modelWidth]`.
    public let valueWeight: StoredMatrix
    /// `[modelWidth, headCount * headWidth]`.
    public let outputWeight: StoredMatrix
    /// Query heads.
    public let headCount: Int
    /// Heads of keys and values.
    public let keyValueHeadCount: Int
    /// Numbers a head.
    public let headWidth: Int
    let rotary: RotaryEmbedding

    /// How strongly each position reads each earlier one.
    ///
    /// - Parameter normalized: `[positionCount, modelWidth]`
    /// - Returns: `[headCount, positionCount, positionCount]`, query by key; zero above the diagonal
    func patterns(_ normalized: Matrix) -> [Float] {
        let positionCount = normalized.rowCount
        var queries = queryWeight.applied(to: normalized)
        var keys = keyWeight.applied(to: normalized)
        var patterns = [Float](repeating: 0, count: headCount * positionCount * positionCount)
        let scale = 1 / Float(headWidth).squareRoot()
        queries.values.withUnsafeMutableBufferPointer { queries in
            keys.values.withUnsafeMutableBufferPointer { keys in
                patterns.withUnsafeMutableBufferPointer { patterns in
                    guard let query = queries.baseAddress, let key = keys.baseAddress else { return }
                    rotary.rotate(query, positionCount: positionCount, headCount: headCount)
                    rotary.rotate(key, positionCount: positionCount, headCount: keyValueHeadCount)
                    for head in 0..<headCount {
                        for row in 0..<positionCount {
                            let line = UnsafeMutableBufferPointer(
                                rebasing: patterns[(head * positionCount + row) * positionCount..<(head * positionCount + row) * positionCount + row + 1])
                            for column in 0...row {
                                line[column] =
                                    scale
                                    * dot(
                                        query + (row * headCount + head) * headWidth,
                                        key + (column * keyValueHeadCount + head / groupSize) * headWidth,
                                        count: headWidth)
                            }
                            softmax(line)
                        }
                    }
                }
            }
        }
        return patterns
    }

    /// What attention writes, with its patterns given.
    ///
    /// - Parameters:
    ///   - normalized: `[positionCount, modelWidth]`
    ///   - patterns: `[headCount, positionCount, positionCount]`
    /// - Returns: `[positionCount, modelWidth]`
    func output(_ normalized: Matrix, patterns: [Float]) -> Matrix {
        let positionCount = normalized.rowCount
        let values = valueWeight.applied(to: normalized)
        var mixed = Matrix(rowCount: positionCount, columnCount: headCount * headWidth)
        mixed.values.withUnsafeMutableBufferPointer { mixed in
            values.values.withUnsafeBufferPointer { values in
                guard let mixed = mixed.baseAddress, let values = values.baseAddress else { return }
                for head in 0..<headCount {
                    for row in 0..<positionCount {
                        for column in 0...row {
                            addScaled(
                                patterns[(head * positionCount + row) * positionCount + column],
                                values + (column * keyValueHeadCount + head / groupSize) * headWidth,
                                to: mixed + (row * headCount + head) * headWidth, count: headWidth)
                        }
                    }
                }
            }
        }
        return outputWeight.applied(to: mixed)
    }

    /// How many query heads share one head of keys and values.
    public var groupSize: Int { headCount / keyValueHeadCount }
}
