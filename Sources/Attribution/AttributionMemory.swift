import LanguageModels

/// What may be kept in memory of one prompt, and how much it may take in all.
public struct AttributionMemory: Sendable, Equatable {
    /// Bytes that a prompt may take beside the mapped files of the model and its transcoders; `nil`: as many as it needs.
    public var limit: Int?
    /// Bytes of attention patterns; beyond, they are made anew for each piece of the targets.
    public var keptPatterns = AttentionPatterns.usualLimit
    /// Bytes of decoder rows; beyond, they are copied anew for each piece of the targets.
    public var keptDecoders = ScaledDecoders.usualLimit

    /// What is usual, without a limit.
    public init() {}

    /// Ways of keeping less, the usual one first.
    fileprivate var ways: [AttributionMemory] {
        var (fewer, none) = (self, self)
        fewer.keptDecoders = 0
        (none.keptDecoders, none.keptPatterns) = (0, 0)
        return [self, fewer, none]
    }
}

/// A prompt that would take more memory than it may.
public struct MemoryError: Error, CustomStringConvertible, Sendable {
    /// Tokens of the prompt.
    public let tokens: Int
    /// Bytes that it needs.
    public let needed: Int
    /// Bytes that it may take.
    public let limit: Int
    /// The longest prompt that would fit, of as many features a token; 0: none.
    public let fittingTokens: Int
    /// The most features that could become nodes of this prompt; 0: none, `nil` where features are not what is too much.
    public let fittingNodes: Int?

    /// What was expected.
    public var expected: String { "at most \(Self.size(limit)) of memory a prompt beside the weights" }

    /// What was found.
    public var found: String { "\(tokens) tokens, which need \(Self.size(needed))" }

    /// What would fit.
    public var advice: String {
        var fits: [String] = []
        if fittingTokens > 1 { fits.append("\(fittingTokens) tokens") }
        if let fittingNodes, fittingNodes > 0 { fits.append("\(fittingNodes) features that become nodes") }
        return fits.isEmpty ? "nothing shorter would fit" : fits.joined(separator: " or ") + " would fit"
    }

    /// One line.
    public var description: String {
        "prompt: expected \(expected), found \(found); \(advice)"
    }

    /// A size in the unit that suits it, rounded up.
    private static func size(_ bytes: Int) -> String {
        for (unit, name) in [(1_000_000_000, "GB"), (1_000_000, "MB")] where bytes >= unit {
            let tenths = (bytes + unit / 10 - 1) / (unit / 10)
            return tenths >= 1000 || tenths % 10 == 0
                ? "\((tenths + 9) / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
        }
        return "\((bytes + 999) / 1000) kB"
    }
}

extension Attributor {
    /// The way of keeping that fits a prompt's limit, before anything is computed.
    ///
    /// - Parameters:
    ///   - tokenCount: tokens of the prompt
    ///   - featureCount: features that fire where it is known; else as many as are known to
    ///   - options: what is attributed; `nil`: nothing is
    ///   - jobs: threads
    /// - Throws: `MemoryError` where no way fits
    public func memory(
        forTokens tokenCount: Int, featureCount: Int? = nil, options: AttributionOptions?, jobs: Int
    ) throws(MemoryError) -> AttributionMemory {
        guard let limit = memory.limit else { return memory }
        let fired = featureCount ?? knownFeatures(tokenCount)
        func need(_ tokens: Int, _ features: Int, _ nodes: Int?, _ memory: AttributionMemory) -> Int {
            var own = options
            if let nodes { own?.maximumFeatureNodes = nodes }
            return MemoryNeed(
                attributor: self, tokenCount: tokens, featureCount: features, options: own, jobs: jobs, memory: memory
            ).bytes
        }
        // Once features are counted the patterns have been kept, or have not.
        let ways = memory.ways.filter { featureCount == nil || $0.keptPatterns == memory.keptPatterns }
        if let fitting = ways.first(where: { need(tokenCount, fired, nil, $0) <= limit }) { return fitting }
        func fits(_ tokens: Int, _ nodes: Int?) -> Bool {
            let features = Int(Double(fired) * Double(tokens) / Double(tokenCount))
            return ways.contains { need(tokens, features, nodes, $0) <= limit }
        }
        let nodes = min(options?.maximumFeatureNodes ?? fired, fired)
        throw MemoryError(
            tokens: tokenCount, needed: ways.map { need(tokenCount, fired, nil, $0) }.min() ?? 0, limit: limit,
            fittingTokens: Self.largest(below: tokenCount) { fits($0, nil) },
            fittingNodes: options == nil || nodes == 0 ? nil : Self.largest(below: nodes) { fits(tokenCount, $0) })
    }

    /// Features that surely fire in a prompt: those of TopK, and the neurons that are chosen.
    private func knownFeatures(_ tokenCount: Int) -> Int {
        switch basis.kind {
        case .neurons(let neurons):
            let all = basis.layers.reduce(0) { $0 + $1.featureCount } * tokenCount
            return min(neurons.options.maximumNeurons ?? all, all)
        case .transcoders(let transcoders):
            return transcoders.layers.reduce(0) { sum, transcoder in
                guard case .topK(let count) = transcoder.activation else { return sum }
                return sum + count * max(0, tokenCount - 1)
            }
        }
    }

    /// The largest number below `end` that fits, 0 where none does, given that what is smaller fits too.
    private static func largest(below end: Int, _ fits: (Int) -> Bool) -> Int {
        var (low, high) = (0, end)
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return low
    }
}

/// The bytes that one prompt's attribution takes at its peak, beside mapped files.
struct MemoryNeed {
    let attributor: Attributor
    let tokenCount: Int
    let featureCount: Int
    /// `nil`: only the frozen network is made.
    let options: AttributionOptions?
    let jobs: Int
    let memory: AttributionMemory

    private static let number = MemoryLayout<Float>.stride
    /// Bytes that are kept of each feature: the feature itself, its values, its place in two orders, and a copy while layers
    /// are joined.
    private static let featureBytes = 100

    private var configuration: ModelConfiguration { attributor.model.configuration }
    private var width: Int { configuration.modelWidth }
    private var layerCount: Int { configuration.layerCount }

    /// The most that is held at once.
    var bytes: Int { held + max(encoding, recursion, pruning) }

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

    private var nodeCount: Int { min(options?.maximumFeatureNodes ?? featureCount, featureCount) }
    private var targetCount: Int {
        guard let options else { return 0 }
        let places = (try? options.targetPositions(count: tokenCount).count) ?? 1
        return nodeCount + places * (options.targets.isEmpty ? options.maximumLogits : options.targets.count)
    }

    /// Bytes of the graph's own rows.
    private var graph: Int {
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
