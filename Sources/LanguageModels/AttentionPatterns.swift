import Tensors

/// How strongly each position of a prompt reads each earlier one, in one layer.
///
/// A pattern takes a number for every pair of positions: 18 GB for all heads of a small model at 4,096 tokens. So patterns
/// are kept only up to a limit; beyond it the queries and keys are kept, and whoever needs patterns gets them made anew, a
/// block of queries at a time, by the same products.
public struct AttentionPatterns: Sendable {
    private enum Source {
        /// `[headCount, positionCount, positionCount]`, query by key; zero above the diagonal.
        case kept([Float])
        /// `[positionCount, headCount * headWidth]` and `[positionCount, keyValueHeadCount * headWidth]`, as they meet.
        case remade(queries: Matrix, keys: Matrix)
    }

    private var source: Source
    private let attention: Attention
    /// Positions of the prompt.
    public let positionCount: Int

    /// The patterns of a layer.
    ///
    /// - Parameters:
    ///   - queries: `[positionCount, headCount * headWidth]`, as they meet the keys
    ///   - keys: `[positionCount, keyValueHeadCount * headWidth]`, as they meet the queries
    ///   - changes: what is added to scores; then patterns are kept
    ///   - limit: bytes that may be kept of a prompt of ``blockedPositions`` and more
    init(_ attention: Attention, queries: Matrix, keys: Matrix, adding changes: [ScoreChange], keepingAtMost limit: Int)
    {
        self.attention = attention
        positionCount = queries.rowCount
        let bytes = Self.byteCount(headCount: attention.headCount, positionCount: positionCount)
        if positionCount < Self.blockedPositions || !changes.isEmpty {
            source = .kept(attention.patterns(queries: queries, keys: keys, adding: changes))
        } else if bytes > limit {
            source = .remade(queries: queries, keys: keys)
        } else {
            source = .kept(attention.patternsInBlocks(queries: queries, keys: keys))
        }
    }

    /// Bytes of patterns that a run keeps, all layers together, unless it is told otherwise: those of 700 tokens in a model of
    /// 30 layers with 9 heads.
    public static let usualLimit = 1 << 29

    /// Bytes that kept patterns of one layer take.
    public static func byteCount(headCount: Int, positionCount: Int) -> Int {
        headCount * positionCount * positionCount * MemoryLayout<Float>.stride
    }

    /// Positions from which patterns are computed and read in blocks: below, a matrix product costs more to start than to
    /// compute, and patterns are always kept.
    public static let blockedPositions = 64

    /// Queries a block, of so many in all: few, so that little is computed above the diagonal; not so few that products with
    /// a block spend their time on adding to what they made.
    static func queriesABlock(of count: Int) -> Int { min(256, max(64, count / 8)) }

    /// Query heads.
    public var headCount: Int { attention.headCount }

    /// `[headCount, positionCount, positionCount]`, query by key, zero above the diagonal; computed where it is not kept.
    /// What is set is kept.
    public var values: [Float] {
        get {
            switch source {
            case .kept(let values): values
            case .remade(let queries, let keys): attention.patternsInBlocks(queries: queries, keys: keys)
            }
        }
        set {
            precondition(newValue.count == headCount * positionCount * positionCount)
            source = .kept(newValue)
        }
    }

    /// The same where it is kept; `nil` where it would have to be computed.
    public var kept: [Float]? { if case .kept(let values) = source { values } else { nil } }

    /// How strongly one query reads each key up to its own, `[query + 1]`.
    public func weights(head: Int, query: Int) -> [Float] {
        var weights = [Float](repeating: 0, count: query + 1)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: query + 1) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            forEachBlock(head: head, queries: query..<query + 1, scratch: scratch) { block in
                for (place, key) in block.keys.enumerated() { weights[key] = block.weights[place] }
            }
        }
        return weights
    }

    /// Numbers that ``forEachBlock(head:queries:scratch:_:)`` needs room for, with queries below `reach`.
    public static func scratchCount(reach: Int) -> Int { min(queriesABlock(of: reach), reach) * reach }

    /// Calls `body` with blocks of one head's patterns, in order of query.
    ///
    /// - Parameters:
    ///   - queries: which of the prompt's
    ///   - scratch: room for ``scratchCount(reach:)`` numbers
    public func forEachBlock(
        head: Int, queries: Range<Int>, scratch: UnsafeMutablePointer<Float>, _ body: (Block) -> Void
    ) {
        precondition(head < headCount && queries.upperBound <= positionCount)
        let size = Self.queriesABlock(of: queries.upperBound)
        for first in stride(from: queries.lowerBound, to: queries.upperBound, by: size) {
            let rows = first..<min(first + size, queries.upperBound)
            let keys = attention.firstKey(ofQuery: first)..<rows.upperBound
            switch source {
            case .kept(let values):
                values.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    let start = (head * positionCount + first) * positionCount + keys.lowerBound
                    body(Block(queries: rows, keys: keys, weights: base + start, stride: positionCount))
                }
            case .remade(let own, let others):
                own.values.withUnsafeBufferPointer { own in
                    others.values.withUnsafeBufferPointer { others in
                        guard let own = own.baseAddress, let others = others.baseAddress else { return }
                        attention.weigh(
                            own, keys: others, head: head, rows: rows, into: scratch, stride: keys.count)
                        body(Block(queries: rows, keys: keys, weights: scratch, stride: keys.count))
                    }
                }
            }
        }
    }

    /// Calls `body` with blocks of every head's patterns, head by head, each in order of query.
    public func forEachBlock(queries: Range<Int>, _ body: (_ head: Int, Block) -> Void) {
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: Self.scratchCount(reach: queries.upperBound))
        defer { scratch.deallocate() }
        for head in 0..<headCount { forEachBlock(head: head, queries: queries, scratch: scratch) { body(head, $0) } }
    }

    /// How strongly neighbouring queries of one head read the keys that any of them reaches.
    public struct Block {
        /// Which queries.
        public let queries: Range<Int>
        /// Which keys; where a query does not reach one its weight is zero.
        public let keys: Range<Int>
        /// `[queries.count, keys.count]` with `stride` numbers from query to query.
        public let weights: UnsafePointer<Float>
        /// Numbers from a query to the next.
        public let stride: Int
    }
}

extension Attention {
    /// How strongly neighbouring queries of one head read each key, by one matrix product.
    ///
    /// - Parameters:
    ///   - queries: `[positions, headCount * headWidth]`
    ///   - keys: `[positions, keyValueHeadCount * headWidth]`
    ///   - rows: which queries; their keys begin with the first that the first of them reaches
    ///   - output: `[rows.count, keys]` with `stride` numbers from query to query, overwritten: zero where a query does not
    ///     reach a key
    func weigh(
        _ queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, head: Int, rows: Range<Int>,
        into output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let firstKey = firstKey(ofQuery: rows.lowerBound)
        let count = rows.upperBound - firstKey
        let (queryWidth, keyWidth) = (headCount * headWidth, keyValueHeadCount * headWidth)
        multiplyByTransposed(
            queries + rows.lowerBound * queryWidth + head * headWidth, stride: queryWidth,
            keys + firstKey * keyWidth + head / groupSize * headWidth, stride: keyWidth, into: output, stride: stride,
            rowCount: rows.count, columnCount: count, innerCount: headWidth)
        for row in rows {
            let line = output + (row - rows.lowerBound) * stride
            let reached = self.firstKey(ofQuery: row) - firstKey
            let (own, ownCount) = (line + reached, row + 1 - firstKey - reached)
            if let cap = scoring.softCap {
                for index in 0..<ownCount { own[index] *= scoring.scale }
                softCap(own, at: cap, count: ownCount)
                scaledSoftmax(own, scale: 1, count: ownCount)
            } else {
                scaledSoftmax(own, scale: scoring.scale, count: ownCount)
            }
            line.update(repeating: 0, count: reached)
            (own + ownCount).update(repeating: 0, count: count - reached - ownCount)
        }
    }

    /// All patterns, `[headCount, positionCount, positionCount]`, block by block.
    fileprivate func patternsInBlocks(queries: Matrix, keys: Matrix) -> [Float] {
        let positionCount = queries.rowCount
        var patterns = [Float](repeating: 0, count: headCount * positionCount * positionCount)
        patterns.withUnsafeMutableBufferPointer { patterns in
            queries.values.withUnsafeBufferPointer { queries in
                keys.values.withUnsafeBufferPointer { keys in
                    guard let output = patterns.baseAddress, let queries = queries.baseAddress,
                        let keys = keys.baseAddress
                    else { return }
                    let size = AttentionPatterns.queriesABlock(of: positionCount)
                    for head in 0..<headCount {
                        for first in stride(from: 0, to: positionCount, by: size) {
                            let start = (head * positionCount + first) * positionCount + firstKey(ofQuery: first)
                            weigh(
                                queries, keys: keys, head: head, rows: first..<min(first + size, positionCount),
                                into: output + start, stride: positionCount)
                        }
                    }
                }
            }
        }
        return patterns
    }

    /// What each head reads, `[positionCount, headCount * headWidth]`, by matrix products over blocks of queries.
    func mixedInBlocks(_ values: Matrix, patterns: AttentionPatterns) -> Matrix {
        let (positionCount, valueWidth) = (values.rowCount, values.columnCount)
        var mixed = Matrix(rowCount: positionCount, columnCount: headCount * headWidth)
        mixed.values.withUnsafeMutableBufferPointer { mixed in
            values.values.withUnsafeBufferPointer { values in
                guard let mixed = mixed.baseAddress, let values = values.baseAddress else { return }
                patterns.forEachBlock(queries: 0..<positionCount) { head, block in
                    multiply(
                        block.weights, stride: block.stride,
                        values + block.keys.lowerBound * valueWidth + head / groupSize * headWidth,
                        stride: valueWidth,
                        into: mixed + (block.queries.lowerBound * headCount + head) * headWidth,
                        stride: headCount * headWidth, rowCount: block.queries.count, columnCount: headWidth,
                        innerCount: block.keys.count)
                }
            }
        }
        return mixed
    }
}
