import Circuits
import LanguageModels
import Transcoders

/// What an attribution has to compute and to move, counted phase by phase from the sizes of a prompt and its graph.
///
/// Each target is charged its own causal cone: positions up to its own, layers below its own. What the program does beyond
/// that (positions of other targets in a piece, halves of blocks above the diagonal, patterns made anew) is in
/// ``Attributor/Result/costs`` and not here. With `n` positions, `N` active features, `T` targets, `L` layers, width `d`,
/// and heads of `h` numbers in all, the recursion of targets at the end of a prompt is
///
///     projections   T L n · 4 d h          linear in n
///     patterns      T L n² · h             quadratic
///     sources       T N · 2 d              linear in n, as N is
///
/// Numbers are counted as Float32, however they are stored.
public struct AttributionCounts: Sendable {
    /// Operations and bytes; seconds are 0.
    public let byPhase: [AttributionPhase: PhaseCost]
    /// The mean number of positions that a target reaches.
    public let meanReach: Double

    /// Counts what the graph of `result` takes.
    public init(_ attributor: Attributor, _ result: Attributor.Result, options: AttributionOptions) {
        var counts = CountedPhases(model: attributor.model, basis: attributor.basis, local: result.local)
        let layerCount = attributor.model.configuration.layerCount
        var cones = result.graph.selectedFeatures.map { index in
            let feature = result.graph.activeFeatures[index]
            return CountedPhases.Cone(position: feature.position, layer: feature.layer)
        }
        for target in result.graph.targets {
            var layer = layerCount
            if case .feature(let feature) = target.target { layer = feature.layer }
            cones.append(CountedPhases.Cone(position: target.position, layer: layer))
        }
        counts.countPrompt(targetPositions: Set(result.graph.targets.map(\.position)).count)
        for cone in cones { counts.count(cone) }
        counts.countRows(result.graph, options: options)
        byPhase = counts.byPhase
        meanReach = Double(cones.reduce(0) { $0 + $1.position + 1 }) / Double(max(1, cones.count))
    }
}

/// Adds up what phases take.
private struct CountedPhases {
    /// Where a target reads.
    struct Cone {
        let position: Int
        /// The layer that a feature reads; the number of layers for what reads above all of them.
        let layer: Int
    }

    let model: LanguageModel
    let basis: FeatureBasis
    let local: LocalReplacementModel
    private(set) var byPhase: [AttributionPhase: PhaseCost] = [:]
    /// `[layerCount + 1][positionCount]`: rows written below a layer at a position or before it.
    private let rowsBelow: [[Int]]

    private var width: Int { model.configuration.modelWidth }
    private var positionCount: Int { local.layout.positionCount }
    private var headWidths: Int { model.configuration.headCount * model.configuration.headWidth }
    private var valueWidths: Int { model.configuration.keyValueHeadCount * model.configuration.headWidth }

    init(model: LanguageModel, basis: FeatureBasis, local: LocalReplacementModel) {
        self.model = model
        self.basis = basis
        self.local = local
        let count = local.layout.positionCount
        var below = [[Int](repeating: 0, count: count)]
        for layer in 0..<local.layout.layerCount {
            var sum = 0
            below.append(
                (0..<count).map { position in
                    sum += local.decoders.block(layer: layer, position: position).count
                    return below[layer][position] + sum
                })
        }
        rowsBelow = below
    }

    private mutating func add(_ phase: AttributionPhase, operations: Int, numbers: Int) {
        byPhase[phase, default: PhaseCost()].operations += operations
        byPhase[phase, default: PhaseCost()].bytes += numbers * MemoryLayout<Float>.stride
    }

    /// Pairs of a query and a key that it reaches, among the first `count` positions.
    private func pairs(_ count: Int, window: Int?) -> Int {
        let own = min(count, window ?? count)
        return own * (own + 1) / 2 + (count - own) * own
    }

    mutating func countPrompt(targetPositions: Int) {
        for block in model.blocks {
            let weights = width * (2 * headWidths + 2 * valueWidths) + block.mlp.weightCount
            add(
                .forward,
                operations: 2 * positionCount * weights + 4 * headWidths
                    * pairs(positionCount, window: block.attention.window),
                numbers: weights + positionCount * (6 * width + 2 * headWidths + 2 * valueWidths))
        }
        if basis.transcoders != nil {
            for layer in basis.layers {
                add(
                    .encoders, operations: 2 * positionCount * width * layer.featureCount,
                    numbers: layer.featureCount * width + 2 * positionCount * layer.featureCount)
            }
        }
        let vocabulary = model.configuration.vocabularySize
        add(
            .targets, operations: 2 * targetPositions * vocabulary * width,
            numbers: targetPositions * vocabulary * width)
        add(.decoders, operations: 3 * local.decoders.rowCount * width, numbers: 2 * local.decoders.rowCount * width)
    }

    mutating func count(_ cone: Cone) {
        let reach = cone.position + 1
        let features = rowsBelow[cone.layer][cone.position]
        add(.injection, operations: 2 * width, numbers: 2 * width + reach * width)
        add(
            .sources, operations: 2 * width * features + 4 * cone.layer * reach * width,
            numbers: cone.layer * reach * width + features)
        for layer in 0..<min(cone.layer + 1, model.blocks.count) {
            let block = model.blocks[layer]
            guard layer < cone.layer || !block.isParallel else { continue }
            add(
                .projections, operations: 2 * reach * width * (headWidths + valueWidths),
                numbers: reach * (3 * width + headWidths + valueWidths))
            add(
                .mixing, operations: 2 * headWidths * pairs(reach, window: block.attention.window),
                numbers: reach * (headWidths + valueWidths))
            if layer < cone.layer, basis.skip(ofLayer: layer) != nil {
                add(.skips, operations: 2 * reach * width * width, numbers: 3 * reach * width)
            }
        }
        add(.bottom, operations: 2 * reach * width, numbers: reach * width)
    }

    /// Choosing features and putting rows in order.
    mutating func countRows(_ graph: AttributionGraph, options: AttributionOptions) {
        let layout = graph.layout
        let columns = local.layout.columnCount
        guard layout.featureCount < graph.activeFeatures.count else { return }
        var rows = layout.logitCount
        for count in AttributionRounds(options, featureCount: layout.featureCount).counts {
            add(.ranking, operations: 2 * rows * columns, numbers: rows * columns)
            rows += count
        }
        rows = layout.logitCount + AttributionRounds(options, featureCount: layout.featureCount).rankedCount
        add(.ranking, operations: rows * columns, numbers: rows * columns)
        add(.assembly, operations: rows * columns, numbers: rows * columns)
    }
}
