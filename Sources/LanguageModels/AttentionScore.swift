import Tensors

/// One head's query or key at one position as a linear function of what attention reads there, every norm on its way held.
///
///     vector = directions · n(x) + constants          n(x): the normed residual stream at the position
///     score  = scale · <query's vector, key's vector>  before any soft-cap
///
/// Head norms, norms over whole projections and the turn by the position are in the directions.
public struct ScoreReading: Sendable {
    /// `[headWidth, modelWidth]`.
    public let directions: Matrix
    /// `[headWidth]`: what the projection's bias adds.
    public let constants: [Float]
}

/// The two sides of a score.
public enum ScoreSide: Sendable {
    /// The position that looks.
    case query
    /// The position that is looked at.
    case key
}

extension Attention {
    /// What products of queries and keys are multiplied by.
    public var scoreScale: Float { scoring.scale }

    /// What scores approach and never reach before the softmax, where the architecture has a cap.
    public var scoreSoftCap: Float? { scoring.softCap }

    /// How many keys a query reaches, its own position included; all earlier ones where `nil`.
    public var window: Int? { scoring.window }

    /// The first position that a query reaches.
    public func firstKey(ofQuery query: Int) -> Int { scoring.window.map { max(0, query + 1 - $0) } ?? 0 }

    /// A head's scores before any soft-cap, as the model computes them.
    ///
    /// - Parameter normalized: `[positionCount, modelWidth]`, what attention reads
    /// - Returns: of `query` with each key from ``firstKey(ofQuery:)`` to `query`
    public func scores(head: Int, query: Int, normalized: Matrix) -> [Float] {
        let (queries, keys) = (queries(normalized), keys(normalized))
        let own = queries.row(query).dropFirst(head * headWidth).prefix(headWidth)
        return (firstKey(ofQuery: query)...query).map { position in
            let key = keys.row(position).dropFirst(head / groupSize * headWidth).prefix(headWidth)
            return scoring.scale * zip(own, key).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// A head's query or key at a position, linear in what attention reads there, with the norms held as they are at
    /// `normalized`, `[positionCount, modelWidth]`.
    ///
    /// - Parameter head: among the query heads; on the side of keys its group's head is taken
    public func reading(_ side: ScoreSide, head: Int, position: Int, normalized: Matrix) -> ScoreReading {
        let (projection, own) = side == .query ? (query, head) : (key, head / groupSize)
        let norms = (
            whole: side == .query ? scoring.projectionNorms?.query : scoring.projectionNorms?.key,
            byHead: side == .query ? scoring.headNorms?.query : scoring.headNorms?.key
        )
        let width = normalized.columnCount
        let first = own * headWidth
        // A head's vector for each number of what is read, and last for the bias.
        var vectors = Matrix(rowCount: width + 1, columnCount: headWidth)
        var weights = [Float](repeating: 0, count: width)
        for number in 0..<headWidth {
            weights.withUnsafeMutableBufferPointer { row in
                guard let row = row.baseAddress else { return }
                projection.copyWeights(ofOutput: first + number, into: row)
            }
            for column in 0..<width { vectors[column, number] = weights[column] }
            vectors[width, number] = projection.bias?[first + number] ?? 0
        }
        var projected = projection.applied(to: normalized.rows(position..<position + 1))
        if let norm = norms.whole {
            precondition(!norm.removesMean && norm.bias == nil)
            let size = norm.denominators(of: projected)[0]
            projected = norm.applied(to: projected)
            for row in 0...width {
                for number in 0..<headWidth { vectors[row, number] *= norm.gain[first + number] / size }
            }
        }
        let frequencies = scoring.rotary?.frequencies(tokenCount: normalized.rowCount)
        vectors.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            if let norm = norms.byHead {
                precondition(norm.bias == nil)
                let head = Matrix(
                    rowCount: 1, columnCount: headWidth,
                    values: Array(projected.values[first..<first + headWidth]))
                norm.applyLinearly(to: base, count: width + 1, denominator: norm.denominators(of: head)[0])
            }
            if let frequencies {
                scoring.rotary?.turn(base, headCount: width + 1, at: position, frequencies: frequencies)
            }
        }
        var directions = Matrix(rowCount: headWidth, columnCount: width)
        for number in 0..<headWidth {
            for column in 0..<width { directions[number, column] = vectors[column, number] }
        }
        return ScoreReading(directions: directions, constants: Array(vectors.row(width)))
    }
}
