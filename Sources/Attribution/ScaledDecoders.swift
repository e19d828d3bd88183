import Circuits
import Tensors
import Transcoders

/// What a prompt's features add to the residual stream: decoder rows times contributions, taken through the norm after the
/// MLP where the hook lies before one (once ``passNorms()`` has been called).
///
/// The features that write to one layer at one position are a block, and are wanted together. As many blocks are kept as fit
/// a limit, those of the lowest layers; others are copied out of the mapped files whenever they are wanted: 4 million rows at
/// 4,096 tokens would take 9 GB. Rows that are stored in bfloat16 are kept as that, half as large, and become Float32, times
/// their contributions and through the norm, when they are wanted.
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
    /// `[rows, modelWidth]` of the first blocks, in order of layer written to, position, column.
    private var kept: KeptRows
    /// How many of the first blocks are kept.
    private let keptBlockCount: Int
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
    ///   - jobs: threads
    init(
        _ active: [ActiveFeature], contributions: [Float], order: [Int], layout: SourceLayout, basis: FeatureBasis,
        frozen: FrozenPrompt, keepingAtMost limit: Int, jobs: Int
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
        let isShort = basis.layers.allSatisfy(\.decoderRowsAreBFloat16)
        // Neurons' rows are columns of their layer's weight: all of it is read for one.
        let rowLimit = basis.neurons != nil ? Int.max : limit / max(1, width * KeptRows.byteCount(isShort: isShort))
        keptBlockCount = blocks.firstIndex { $0.firstRow + $0.count > rowLimit } ?? blocks.count
        kept = KeptRows()
        kept = gatherKept(isShort: isShort, positions: order.map { active[$0].position }, jobs: jobs)
    }

    /// Rows that are kept.
    var keptRowCount: Int { blocks[..<keptBlockCount].last.map { $0.firstRow + $0.count } ?? 0 }

    /// Whether all rows are kept as they are multiplied, so that nothing is copied when they are wanted.
    var areReady: Bool { keptRowCount == rowCount && kept.scaled != nil }

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
        let isKept = isKept(layer: layer, position: position)
        if isKept, let rows = kept.scaled {
            rows.withUnsafeBufferPointer { rows in
                if let rows = rows.baseAddress { body(rows + block.firstRow * width) }
            }
            return
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count * width) { rows in
            guard let rows = rows.baseAddress else { return }
            if isKept {
                kept.copyStored(block.firstRow * width, count: block.count * width, into: rows)
            } else {
                copy(block, layer: layer, into: rows)
            }
            scale(rows, of: block)
            if isNormed { postNorms[layer]?.pass(rows, count: block.count, position: position) }
            body(UnsafePointer(rows))
        }
    }

    private func isKept(layer: Int, position: Int) -> Bool { layer * positionCount + position < keptBlockCount }

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
        release(writtenTo: layer)
    }

    /// Takes all rows through the norms between the output hook and the residual stream.
    mutating func passNorms() {
        precondition(!isNormed)
        isNormed = true
        guard postNorms.contains(where: { $0 != nil }) else { return }
        kept.scaled?.withUnsafeMutableBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            for (index, block) in blocks[..<keptBlockCount].enumerated() {
                postNorms[index / positionCount]?.pass(
                    rows + block.firstRow * width, count: block.count, position: index % positionCount)
            }
        }
    }

    /// Says that rows written to `layer` have been read: a large set's pages are given back where rows are copied.
    func release(writtenTo layer: Int) {
        guard !isKept(layer: layer, position: positionCount - 1) else { return }
        for source in basis.layersWriting(to: layer) { basis.releaseDecoderPages(ofLayer: source) }
    }

    /// Multiplies a block's decoder rows by their contributions.
    private func scale(_ rows: UnsafeMutablePointer<Float>, of block: Block) {
        for row in 0..<block.count {
            let (output, contribution) = (rows + row * width, features[block.firstColumn + row].contribution)
            for index in 0..<width { output[index] *= contribution }
        }
    }

    /// Copies a block's decoder rows as they are stored.
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
    }

    /// Copies the decoder rows that are kept, and only those, layer by layer.
    private func gatherKept(isShort: Bool, positions: [Int], jobs: Int) -> KeptRows {
        var byLayer = [[Int]](repeating: [], count: basis.layers.count)
        for (column, feature) in features.enumerated() { byLayer[Int(feature.layer)].append(column) }
        return KeptRows(count: keptRowCount * width, isShort: isShort) { write in
            nonisolated(unsafe) let write = write
            let rowsByLayer = byLayer
            // Rows of each layer are places of their own.
            inParallel(count: basis.layers.count, jobs: jobs) { layer in
                let source = basis.layers[layer]
                for outputLayer in source.outputLayers where isKept(layer: outputLayer, position: 0) {
                    let columns = rowsByLayer[layer].filter { isKept(layer: outputLayer, position: positions[$0]) }
                    gather(columns, from: source, outputLayer: outputLayer, positions: positions, write)
                }
                basis.releaseDecoderPages(ofLayer: layer)
            }
        }
    }

    /// Copies the rows with which features of one layer write to another.
    private func gather(
        _ columns: [Int], from source: any FeatureLayer, outputLayer: Int, positions: [Int], _ write: KeptRows.Writer
    ) {
        func row(_ column: Int) -> Int {
            let block = block(layer: outputLayer, position: positions[column])
            return block.firstRow + column - block.firstColumn
        }
        switch write {
        case .scaled(let base):
            source.copyDecoderRows(
                columns.map { DecoderPlace(index: Int(features[$0].index), row: row($0)) }, outputLayer: outputLayer,
                into: base)
            for column in columns {
                let (own, contribution) = (base + row(column) * width, features[column].contribution)
                for index in 0..<width { own[index] *= contribution }
            }
        case .stored(let base):
            withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
                guard let scratch = scratch.baseAddress else { return }
                for column in columns {
                    source.copyDecoderRow(Int(features[column].index), outputLayer: outputLayer, into: scratch)
                    KeptRows.store(scratch, count: width, into: base + row(column) * width)
                }
            }
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
