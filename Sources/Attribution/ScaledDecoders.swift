import Circuits
import Tensors
import Transcoders

/// What a prompt's features add to the residual stream: decoder rows times contributions, taken through the norm after the
/// MLP where the hook lies before one (once ``passNorms()`` has been called).
///
/// The features that write to one layer at one position are a block, and are wanted together. All rows are kept where they
/// fit a limit; beyond it a block is copied out of the mapped files whenever it is wanted, which costs little beside a
/// product with many targets: 4 million rows at 4,096 tokens would take 9 GB.
struct ScaledDecoders: Sendable {
    /// The active features that write to one layer at one position.
    struct Block: Sendable {
        /// The first feature's column.
        var firstColumn: Int
        /// How many features.
        var count: Int
        /// How many rows the blocks before it have together.
        var firstRow: Int
    }

    /// Bytes of rows that are kept unless something else is asked for.
    static let usualLimit = 1 << 30

    private let basis: FeatureBasis
    private let postNorms: [FrozenPostNorm?]
    /// By column.
    private let features: [Place]
    private let positionCount: Int
    private let width: Int
    /// `[layerCount * positionCount]`.
    private let blocks: [Block]
    /// `[rows, modelWidth]` in order of layer written to, position, column; `nil` where they are copied when wanted.
    private var kept: [Float]?
    /// Whether rows are as they are added to the residual stream, or still as decoders write them at the output hook.
    private var isNormed = false

    /// A feature, and what its decoder is multiplied by.
    private struct Place {
        let index: Int32
        let layer: Int16
        let contribution: Float
    }

    /// - Parameters:
    ///   - active: every feature
    ///   - contributions: what each one's decoder is multiplied by
    ///   - order: by column the place of its feature in both
    ///   - limit: bytes of rows that are kept
    init(
        _ active: [ActiveFeature], contributions: [Float], order: [Int], layout: SourceLayout, basis: FeatureBasis,
        frozen: FrozenPrompt, keepingAtMost limit: Int
    ) {
        self.basis = basis
        postNorms = frozen.postNorms
        positionCount = layout.positionCount
        width = frozen.trace.embeddings.columnCount
        features = order.map {
            Place(
                index: Int32(active[$0].index), layer: Int16(active[$0].layer), contribution: contributions[$0])
        }
        blocks = Self.blocks(active, basis: basis, layout: layout)
        // Neurons' rows are columns of their layer's weight: all of it is read for one.
        guard basis.neurons != nil || rowCount * width * MemoryLayout<Float>.stride <= limit else { return }
        kept = gatherAll(positions: order.map { active[$0].position })
    }

    /// Whether no row is copied twice.
    var isKept: Bool { kept != nil }

    /// Rows of all blocks.
    var rowCount: Int { blocks.last.map { $0.firstRow + $0.count } ?? 0 }

    /// The features that write to `layer` at `position`.
    func block(layer: Int, position: Int) -> Block { blocks[layer * positionCount + position] }

    /// Calls `body` with the rows of a block, `[block.count, modelWidth]`; not where it has none.
    func withRows(layer: Int, position: Int, _ body: (_ block: Block, _ rows: UnsafePointer<Float>) -> Void) {
        let block = block(layer: layer, position: position)
        guard block.count > 0 else { return }
        withRows(of: block, layer: layer, position: position) { body(block, $0) }
    }

    /// Calls `body` with one feature's row to `layer`, `[modelWidth]`; not where it does not write there.
    func withRow(column: Int, layer: Int, position: Int, _ body: (UnsafePointer<Float>) -> Void) {
        let block = block(layer: layer, position: position)
        let row = column - block.firstColumn
        guard (0..<block.count).contains(row) else { return }
        let own = Block(firstColumn: column, count: 1, firstRow: block.firstRow + row)
        withRows(of: own, layer: layer, position: position, body)
    }

    /// Calls `body` with the rows of a block or of a part of it.
    private func withRows(of block: Block, layer: Int, position: Int, _ body: (UnsafePointer<Float>) -> Void) {
        if let kept {
            kept.withUnsafeBufferPointer { rows in
                if let rows = rows.baseAddress { body(rows + block.firstRow * width) }
            }
            return
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count * width) { rows in
            guard let rows = rows.baseAddress else { return }
            copy(block, layer: layer, into: rows)
            if isNormed { postNorms[layer]?.pass(rows, count: block.count, position: position) }
            body(UnsafePointer(rows))
        }
    }

    /// Takes what features write to each layer off `remainder` at the output hook, before any norm after it.
    ///
    /// - Precondition: rows have not been taken through norms
    /// - Parameter remainder: `[positionCount, modelWidth]`
    func subtract(layer: Int, from remainder: inout Matrix) {
        precondition(!isNormed)
        remainder.values.withUnsafeMutableBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for position in 0..<positionCount {
                withRows(layer: layer, position: position) { block, rows in
                    for row in 0..<block.count {
                        addScaled(-1, rows + row * width, to: values + position * width, count: width)
                    }
                }
            }
        }
        if kept == nil { release(writtenTo: layer) }
    }

    /// Takes all rows through the norms between the output hook and the residual stream.
    mutating func passNorms() {
        precondition(!isNormed)
        isNormed = true
        guard postNorms.contains(where: { $0 != nil }) else { return }
        kept?.withUnsafeMutableBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            for (index, block) in blocks.enumerated() {
                postNorms[index / positionCount]?.pass(
                    rows + block.firstRow * width, count: block.count, position: index % positionCount)
            }
        }
    }

    /// Says that rows written to `layer` have been copied, where they will be copied again: a large set's pages are given
    /// back.
    func release(writtenTo layer: Int) {
        for source in basis.layersWriting(to: layer) { basis.releaseDecoderPages(ofLayer: source) }
    }

    /// Copies a block's decoder rows, each times its contribution.
    private func copy(_ block: Block, layer: Int, into rows: UnsafeMutablePointer<Float>) {
        let columns = block.firstColumn..<block.firstColumn + block.count
        var first = columns.lowerBound
        while first < columns.upperBound {
            let source = features[first].layer
            let end = features[first..<columns.upperBound].firstIndex { $0.layer != source } ?? columns.upperBound
            basis.layers[Int(source)].copyDecoderRows(
                (first..<end).map { column in
                    DecoderPlace(index: Int(features[column].index), row: column - columns.lowerBound)
                }, outputLayer: layer, into: rows)
            first = end
        }
        for (row, column) in columns.enumerated() {
            let (output, contribution) = (rows + row * width, features[column].contribution)
            for index in 0..<width { output[index] *= contribution }
        }
    }

    /// Copies the decoder rows of all features, and only those, layer by layer.
    private func gatherAll(positions: [Int]) -> [Float] {
        var byLayer = [[Int]](repeating: [], count: basis.layers.count)
        for (column, feature) in features.enumerated() { byLayer[Int(feature.layer)].append(column) }
        return [Float](unsafeUninitializedCapacity: max(1, rowCount * width)) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            for (layer, source) in basis.layers.enumerated() {
                for outputLayer in source.outputLayers {
                    let places = byLayer[layer].map { column in
                        let block = block(layer: outputLayer, position: positions[column])
                        return DecoderPlace(
                            index: Int(features[column].index), row: block.firstRow + column - block.firstColumn)
                    }
                    source.copyDecoderRows(places, outputLayer: outputLayer, into: base)
                    for (column, place) in zip(byLayer[layer], places) {
                        let row = base + place.row * width
                        for index in 0..<width { row[index] *= features[column].contribution }
                    }
                }
                basis.releaseDecoderPages(ofLayer: layer)
            }
            initialized = rowCount * width
        }
    }

    /// For each layer and position the range of columns whose features write there, and a place for their rows.
    private static func blocks(_ active: [ActiveFeature], basis: FeatureBasis, layout: SourceLayout) -> [Block] {
        // starts[position * (layerCount + 1) + layer]: the first column of features there whose layer is at least that.
        let stride = layout.layerCount + 1
        var starts = [Int](repeating: 0, count: stride * layout.positionCount)
        for feature in active { starts[feature.position * stride + feature.layer + 1] += 1 }
        var first = 0
        for position in 0..<layout.positionCount {
            starts[position * stride] = first
            for layer in 0..<layout.layerCount {
                first += starts[position * stride + layer + 1]
                starts[position * stride + layer + 1] = first
            }
        }
        var firstRow = 0
        var blocks: [Block] = []
        blocks.reserveCapacity(layout.layerCount * layout.positionCount)
        for layer in 0..<layout.layerCount {
            let sources = basis.layersWriting(to: layer)
            for position in 0..<layout.positionCount {
                let start = starts[position * stride + sources.lowerBound]
                let count = starts[position * stride + sources.upperBound] - start
                blocks.append(Block(firstColumn: start, count: count, firstRow: firstRow))
                firstRow += count
            }
        }
        return blocks
    }
}
