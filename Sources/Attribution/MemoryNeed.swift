import LanguageModels
import Tensors

/// The bytes that one prompt's attribution takes at its peak, beside mapped files.
struct MemoryNeed {
    let attributor: Attributor
    let tokenCount: Int
    let featureCount: Int
    /// `nil`: only the frozen network is made.
    let options: AttributionOptions?
    let jobs: Int
    let memory: AttributionMemory

    static let number = MemoryLayout<Float>.stride
    /// Bytes that are kept of each feature: the feature itself, its values, its place in two orders, and a copy while layers
    /// are joined.
    private static let featureBytes = 100

    var configuration: ModelConfiguration { attributor.model.configuration }
    var width: Int { configuration.modelWidth }
    var layerCount: Int { configuration.layerCount }

    /// The most that is held at once.
    var bytes: Int { held + max(encoding, recursion, pruning, following) }

    /// What is held from the run to the end: trace, errors, constants, patterns, features, decoder rows.
    private var held: Int {
        let isNormed = attributor.model.blocks.contains { $0.mlpPostNorm != nil }
        let streams = layerCount * tokenCount * width * (isNormed ? 7 : 6) + 3 * tokenCount * width
        let kept =
            layerCount
            * AttentionPatterns.byteCount(
                headCount: configuration.headCount, positionCount: tokenCount)
        let queriesAndKeys =
            layerCount * tokenCount * (configuration.headCount + configuration.keyValueHeadCount)
            * configuration.headWidth
        let isKept = tokenCount < AttentionPatterns.blockedPositions || kept <= memory.keptPatterns
        let limit = attributor.basis.neurons == nil ? memory.keptDecoders : .max
        let rows = min(rowNumbers * KeptRows.byteCount(isShort: isShort), limit)
        let precision = options?.precision ?? .float32
        let roundedRows = min(rowNumbers * precision.partCount * MemoryLayout<UInt16>.stride, memory.keptDecoders)
        return roundedRows + streams * Self.number + (isKept ? kept : queriesAndKeys * Self.number)
            + featureCount * Self.featureBytes + rows
    }

    /// Numbers of all features' decoder rows.
    private var rowNumbers: Int { Int(Double(featureCount) * meanLayersWritten) * width }
    /// Whether they are kept as they are stored, half as large.
    private var isShort: Bool { attributor.basis.layers.allSatisfy(\.decoderRowsAreBFloat16) }

    private var meanLayersWritten: Double {
        let layers = attributor.basis.layers
        return Double(layers.reduce(0) { $0 + $1.outputLayers.count }) / Double(max(1, layers.count))
    }

    /// Pre-activations of the layers that are encoded at once; for neurons activations of all layers and sums over them.
    private var encoding: Int {
        let counts = attributor.basis.layers.map(\.featureCount)
        if attributor.basis.neurons != nil {
            return counts.reduce(0, +) * tokenCount * (4 + max(1, jobs)) * Self.number
        }
        return (counts.max() ?? 0) * tokenCount * max(1, min(jobs, layerCount)) * Self.number
    }

    var nodeCount: Int { min(options?.maximumFeatureNodes ?? featureCount, featureCount) }
    var targetCount: Int {
        guard let options else { return 0 }
        let places = (try? options.targetPositions(count: tokenCount).count) ?? 1
        return nodeCount + places * (options.targets.isEmpty ? options.maximumLogits : options.targets.count)
    }

    /// Bytes of the graph's own rows.
    var graph: Int {
        targetCount * (nodeCount + (layerCount + 1) * tokenCount) * Self.number
    }

    /// Rows, and the gradients of the pieces that are swept at once.
    private var recursion: Int {
        guard let options else { return 0 }
        let ranked =
            nodeCount == featureCount
            ? 0
            : targetCount - nodeCount + AttributionRounds(options, featureCount: nodeCount).rankedCount
        let columns =
            SourceLayout(featureCount: featureCount, layerCount: layerCount, positionCount: tokenCount).columnCount
        let copiesRows =
            attributor.basis.neurons == nil && (isShort || rowNumbers * Self.number > memory.keptDecoders)
        let targets = min(targetCount, SweepPiece.targetCount(reach: tokenCount, copiesRows: copiesRows))
        let heads = configuration.headCount * configuration.headWidth
        let piece =
            targets * tokenCount * (width + 2 * max(width, heads)) * Self.number
            + AttentionMixing.byteCount(
                targetCount: targets, reach: tokenCount, headWidth: configuration.headWidth)
        return graph + (ranked > 0 ? (ranked + 3) * columns * Self.number : 0) + max(1, jobs) * piece
    }

    /// The graph, its copy with scores in place of weights, what is sorted of that, and which edges are kept.
    private var pruning: Int { 3 * graph + graph / Self.number }
}
