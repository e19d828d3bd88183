import Circuits
import Tensors

/// One side of a score, taken apart: what each source adds to the query's or the key's vector.
struct ScoreVectors {
    /// `[sources, headWidth]`, the longest first.
    let vectors: Matrix
    /// `[sources]`: their lengths.
    let lengths: [Float]
    /// `[sources]`.
    let nodes: [NodeID]
    /// `[headWidth]` for each kind of sources.
    let sums: [ScoreAttribution.Kind: [Double]]

    /// - Parameters:
    ///   - rows: one row of `columnCount` sources for each number of the vector, `SourceLayout` over columns
    ///   - first: the first of them
    init(_ rows: EdgeRows, first: Int, headWidth: Int, local: LocalReplacementModel) {
        let layout = local.layout
        var active = [Int](repeating: 0, count: layout.featureCount)
        for (feature, column) in local.columns.enumerated() { active[column] = feature }
        func node(_ column: Int) -> NodeID {
            if column < layout.featureCount {
                let feature = local.activeFeatures[active[column]]
                return .feature(layer: feature.layer, position: feature.position, index: feature.index)
            }
            if column == layout.bias { return .bias }
            let place = column - layout.featureCount
            let errors = layout.layerCount * layout.positionCount
            return place < errors
                ? .error(layer: place / layout.positionCount, position: place % layout.positionCount)
                : .token(position: place - errors)
        }
        var squares = [Float](repeating: 0, count: layout.columnCount)
        for number in 0..<headWidth {
            let row = rows.row(first + number)
            for column in 0..<layout.columnCount { squares[column] += row[column] * row[column] }
        }
        let order = (0..<layout.columnCount).filter { squares[$0] > 0 }
            .sorted { (squares[$1], $0) < (squares[$0], $1) }
        var vectors = Matrix(rowCount: order.count, columnCount: headWidth)
        for number in 0..<headWidth {
            let row = rows.row(first + number)
            for (place, column) in order.enumerated() { vectors[place, number] = row[column] }
        }
        self.vectors = vectors
        lengths = order.map { squares[$0].squareRoot() }
        nodes = order.map(node)
        let kinds = ScoreAttribution.Kind.allCases
        var totals = [[Double]](repeating: [Double](repeating: 0, count: headWidth), count: kinds.count)
        for (place, node) in nodes.enumerated() {
            guard let kind = node.scoreKind, let own = kinds.firstIndex(of: kind) else { continue }
            for (number, value) in vectors.row(place).enumerated() { totals[own][number] += Double(value) }
        }
        sums = Dictionary(uniqueKeysWithValues: zip(kinds, totals))
    }

    /// `[headWidth]`: the whole vector.
    var total: [Double] {
        sums.values.reduce([Double](repeating: 0, count: vectors.columnCount)) { zip($0, $1).map(+) }
    }

    /// The sources that add the most to a product with `other`, `[headWidth]`, times `scale`.
    func strongest(_ count: Int, along other: [Double], scale: Float) -> [ScoreAttribution.Share] {
        let all = nodes.indices.map { place in
            Float(zip(vectors.row(place), other).reduce(0.0) { $0 + Double($1.0) * $1.1 }) * scale
        }
        return all.indices.sorted { (all[$1].magnitude, $0) < (all[$0].magnitude, $1) }.prefix(count)
            .map { ScoreAttribution.Share(node: nodes[$0], contribution: all[$0]) }
    }

    /// The pairs with the largest products, the largest first.
    ///
    /// Exact: products are bounded by the lengths of what is multiplied, and both sides come by length, so that what is
    /// left out cannot be among them.
    ///
    /// - Parameter onlyRaising: whether products below 0 are left out; otherwise sizes count
    static func strongestPairs(
        _ query: ScoreVectors, _ key: ScoreVectors, count: Int, scale: Float, onlyRaising: Bool = false
    ) -> [ScoreAttribution.Pair] {
        let headWidth = query.vectors.columnCount
        var found: [(query: Int, key: Int, product: Float)] = []
        var least: Float = 0
        func size(_ product: Float) -> Float { onlyRaising ? product : product.magnitude }
        func keepStrongest() {
            found.sort { (size($1.product), $0.query, $0.key) < (size($0.product), $1.query, $1.key) }
            if found.count > count { found.removeLast(found.count - count) }
            if found.count == count, let last = found.last { least = size(last.product) }
        }
        guard count > 0 else { return [] }
        var products = [Float](repeating: 0, count: side * side)
        for queryStart in stride(from: 0, to: query.nodes.count, by: side) {
            let queryCount = min(side, query.nodes.count - queryStart)
            for keyStart in stride(from: 0, to: key.nodes.count, by: side) {
                if query.lengths[queryStart] * key.lengths[keyStart] < least { break }
                let keyCount = min(side, key.nodes.count - keyStart)
                products.withUnsafeMutableBufferPointer { products in
                    query.vectors.values.withUnsafeBufferPointer { queries in
                        key.vectors.values.withUnsafeBufferPointer { keys in
                            guard let output = products.baseAddress, let queries = queries.baseAddress,
                                let keys = keys.baseAddress
                            else { return }
                            multiplyByTransposed(
                                queries + queryStart * headWidth, stride: headWidth, keys + keyStart * headWidth,
                                stride: headWidth, into: output, stride: side, rowCount: queryCount,
                                columnCount: keyCount, innerCount: headWidth)
                        }
                    }
                }
                for row in 0..<queryCount {
                    for column in 0..<keyCount where size(products[row * side + column]) > least {
                        found.append((queryStart + row, keyStart + column, products[row * side + column]))
                    }
                    if found.count > 4 * count + side { keepStrongest() }
                }
                keepStrongest()
            }
        }
        keepStrongest()
        return found.map {
            ScoreAttribution.Pair(
                query: query.nodes[$0.query], key: key.nodes[$0.key], contribution: scale * $0.product)
        }
    }

    /// Sources of each side that are multiplied at once.
    private static let side = 256
}

extension NodeID {
    /// The kind of a source; `nil` for a logit.
    var scoreKind: ScoreAttribution.Kind? {
        switch self {
        case .feature: .feature
        case .error: .error
        case .token: .token
        case .bias: .bias
        case .logit: nil
        }
    }
}
