import Tensors

/// Causal attention with shared heads of keys and values.
///
///     q, k, v = projections of the normed residual; q and k normed by head and turned by position where asked
///     score   = cap(scale · q·k) over the keys inside the window
///     output  = W_O (softmax(scores) v) + b_O
public struct Attention: Sendable {
    /// `modelWidth` to `headCount * headWidth`.
    public let query: Projection
    /// `modelWidth` to `keyValueHeadCount * headWidth`.
    public let key: Projection
    /// `modelWidth` to `keyValueHeadCount * headWidth`.
    public let value: Projection
    /// `headCount * headWidth` to `modelWidth`.
    public let output: Projection
    /// Query heads.
    public let headCount: Int
    /// Heads of keys and values.
    public let keyValueHeadCount: Int
    /// Numbers a head.
    public let headWidth: Int
    /// How scores are made from queries and keys.
    let scoring: AttentionScoring

    /// How many query heads share one head of keys and values.
    public var groupSize: Int { headCount / keyValueHeadCount }

    /// How strongly each position reads each earlier one.
    ///
    /// - Parameters:
    ///   - normalized: `[positionCount, modelWidth]`
    ///   - changes: what is added to scores of this layer
    ///   - limit: bytes that may be kept; beyond, patterns are made anew where they are needed
    func patterns(
        _ normalized: Matrix, adding changes: [ScoreChange] = [], keepingAtMost limit: Int = .max
    ) -> AttentionPatterns {
        AttentionPatterns(
            self, queries: queries(normalized), keys: keys(normalized), adding: changes, keepingAtMost: limit)
    }

    /// The same of queries and keys as they meet, one product after the other.
    ///
    /// - Returns: `[headCount, positionCount, positionCount]`, query by key; zero above the diagonal
    func patterns(queries: Matrix, keys: Matrix, adding changes: [ScoreChange] = []) -> [Float] {
        let positionCount = queries.rowCount
        var patterns = [Float](repeating: 0, count: headCount * positionCount * positionCount)
        queries.values.withUnsafeBufferPointer { queries in
            keys.values.withUnsafeBufferPointer { keys in
                patterns.withUnsafeMutableBufferPointer { patterns in
                    guard let query = queries.baseAddress, let key = keys.baseAddress else { return }
                    for head in 0..<headCount {
                        for row in 0..<positionCount {
                            let line = (head * positionCount + row) * positionCount
                            weigh(
                                query + (row * headCount + head) * headWidth, keys: key, head: head, row: row,
                                adding: changes.filter { $0.head == head && $0.query == row },
                                into: UnsafeMutableBufferPointer(rebasing: patterns[line..<line + row + 1]))
                        }
                    }
                }
            }
        }
        return patterns
    }

    /// What attention writes, with its patterns given.
    ///
    /// - Parameter normalized: `[positionCount, modelWidth]`
    /// - Returns: `[positionCount, modelWidth]`
    func output(_ normalized: Matrix, patterns: AttentionPatterns) -> Matrix {
        output.applied(to: mixed(value.applied(to: normalized), patterns: patterns))
    }

    /// What attention writes over several prompts whose rows follow each other, each reading itself alone.
    ///
    /// - Parameters:
    ///   - normalized: `[rowCount, modelWidth]`
    ///   - prompts: the rows of each, all of them together
    /// - Returns: `[rowCount, modelWidth]`
    func output(_ normalized: Matrix, prompts: [Range<Int>]) -> Matrix {
        let projected = [query, key, value].map { $0.applied(to: normalized) }
        let mixed = prompts.map { rows in
            let own = projected.map { $0.rows(rows) }
            let patterns = AttentionPatterns(
                self, queries: queries(projected: own[0]), keys: keys(projected: own[1]), adding: [],
                keepingAtMost: 0)
            return self.mixed(own[2], patterns: patterns)
        }
        return output.applied(to: Matrix(stacking: mixed))
    }

    /// What each head reads, `[positionCount, headCount * headWidth]`.
    private func mixed(_ values: Matrix, patterns: AttentionPatterns) -> Matrix {
        guard values.rowCount < AttentionPatterns.blockedPositions, let patterns = patterns.kept else {
            return mixedInBlocks(values, patterns: patterns)
        }
        let positionCount = values.rowCount
        var mixed = Matrix(rowCount: positionCount, columnCount: headCount * headWidth)
        mixed.values.withUnsafeMutableBufferPointer { mixed in
            values.values.withUnsafeBufferPointer { values in
                patterns.withUnsafeBufferPointer { patterns in
                    guard let mixed = mixed.baseAddress, let values = values.baseAddress else { return }
                    for head in 0..<headCount {
                        for row in 0..<positionCount {
                            let line = (head * positionCount + row) * positionCount
                            mix(
                                values, head: head,
                                weights: UnsafeBufferPointer(rebasing: patterns[line..<line + row + 1]),
                                into: mixed + (row * headCount + head) * headWidth)
                        }
                    }
                }
            }
        }
        return mixed
    }

    /// Queries as they meet the keys, `[n, headCount * headWidth]`; the first row stands at `position`.
    func queries(_ normalized: Matrix, from position: Int = 0) -> Matrix {
        queries(projected: query.applied(to: normalized), from: position)
    }

    private func queries(projected: Matrix, from position: Int = 0) -> Matrix {
        prepared(
            projected, heads: headCount,
            norms: (scoring.projectionNorms?.query, scoring.headNorms?.query),
            from: position)
    }

    /// Keys as they meet the queries, `[n, keyValueHeadCount * headWidth]`; the first row stands at `position`.
    func keys(_ normalized: Matrix, from position: Int = 0) -> Matrix {
        keys(projected: key.applied(to: normalized), from: position)
    }

    private func keys(projected: Matrix, from position: Int = 0) -> Matrix {
        prepared(
            projected, heads: keyValueHeadCount,
            norms: (scoring.projectionNorms?.key, scoring.headNorms?.key), from: position)
    }

    /// How strongly one query reads each key, `0 ... row`.
    ///
    /// - Parameters:
    ///   - query: `[headWidth]`
    ///   - keys: `[positions, keyValueHeadCount * headWidth]`
    ///   - changes: what is added to scores of this head and query
    ///   - line: one number a key, zero before and where the window does not reach
    func weigh(
        _ query: UnsafePointer<Float>, keys: UnsafePointer<Float>, head: Int, row: Int,
        adding changes: [ScoreChange] = [],
        into line: UnsafeMutableBufferPointer<Float>
    ) {
        let first = firstKey(ofQuery: row)
        let reached = UnsafeMutableBufferPointer(rebasing: line[first...row])
        for index in reached.indices {
            let key = keys + ((first + index) * keyValueHeadCount + head / groupSize) * headWidth
            reached[index] = scoring.scale * dot(query, key, count: headWidth)
        }
        for change in changes { reached[change.key - first] += change.amount }
        if let cap = scoring.softCap, let base = reached.baseAddress { softCap(base, at: cap, count: reached.count) }
        softmax(reached)
    }

    /// Adds the values that one query reads to `output`, `[headWidth]`.
    ///
    /// - Parameters:
    ///   - values: `[positions, keyValueHeadCount * headWidth]`
    ///   - weights: one number a position
    func mix(
        _ values: UnsafePointer<Float>, head: Int, weights: UnsafeBufferPointer<Float>,
        into output: UnsafeMutablePointer<Float>
    ) {
        for (position, weight) in weights.enumerated() {
            let row = values + (position * keyValueHeadCount + head / groupSize) * headWidth
            addScaled(weight, row, to: output, count: headWidth)
        }
    }

    private func prepared(
        _ projected: Matrix, heads: Int, norms: (whole: Norm?, byHead: Norm?), from position: Int
    ) -> Matrix {
        var rows = norms.whole.map { $0.applied(to: projected) } ?? projected
        if let norm = norms.byHead {
            let byHead = Matrix(rowCount: rows.rowCount * heads, columnCount: headWidth, values: rows.values)
            rows.values = norm.applied(to: byHead).values
        }
        if let rotary = scoring.rotary {
            let positionCount = rows.rowCount
            rows.values.withUnsafeMutableBufferPointer { values in
                guard let base = values.baseAddress else { return }
                rotary.rotate(base, positionCount: positionCount, headCount: heads, from: position)
            }
        }
        return rows
    }
}

/// How attention scores are made from queries and keys.
struct AttentionScoring: Sendable {
    /// What products of queries and keys are multiplied by.
    var scale: Float
    /// Turns queries and keys by their position, where positions are not learned.
    var rotary: RotaryEmbedding?
    /// Norms over each head's query and key.
    var headNorms: (query: Norm, key: Norm)?
    /// Norms over the whole of queries and keys, all heads together.
    var projectionNorms: (query: Norm, key: Norm)?
    /// What scores approach and never reach: `cap * tanh(score / cap)`.
    var softCap: Float?
    /// Keys that a query reaches, its own position included; all earlier ones unless given.
    var window: Int?
}
