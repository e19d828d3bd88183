import Circuits
import LanguageModels
import Tensors
import Transcoders

/// One prompt's graph while its rows are computed, round by round.
///
/// Where not all features become nodes, the most influential through the rows so far do, a round at a time. Rows that a
/// later round ranks by keep a column for every feature; those of the last round hold the graph's own sources alone.
struct GraphComputation {
    let attributor: Attributor
    let local: LocalReplacementModel
    let selection: TargetSelection
    let options: AttributionOptions
    let jobs: Int
    let costs: PhaseCosts
    /// Decoder rows laid out for the options' precision; `nil` for Float32.
    private let rounded: RoundedDecoders?

    init(
        attributor: Attributor, local: LocalReplacementModel, selection: TargetSelection, options: AttributionOptions,
        jobs: Int, costs: PhaseCosts
    ) throws(Cancelled) {
        self.attributor = attributor
        self.local = local
        self.selection = selection
        self.options = options
        self.jobs = jobs
        self.costs = costs
        let (precision, limit) = (options.precision, attributor.memory.keptDecoders)
        rounded =
            precision == .float32
            ? nil : try RoundedDecoders(local, precision, keepingAtMost: limit, jobs: jobs, costs)
    }

    /// Features that become nodes.
    private var limit: Int {
        let count = local.activeFeatures.count
        return min(options.maximumFeatureNodes ?? count, count)
    }

    /// Computes all rows.
    ///
    /// - Parameter progress: called with features done and to do, after each round
    func graph(progress: ((_ done: Int, _ total: Int) -> Void)?) throws(Cancelled) -> AttributionGraph {
        let (limit, featureCount) = (limit, local.activeFeatures.count)
        let sweep = AdjointSweep(
            model: attributor.model, weights: attributor.weights, prompt: local.frozen, readings: selection.readings,
            activeFeatures: local.activeFeatures, precision: options.precision, costs: costs)
        let wanted = selection.sweepTargets(layerCount: attributor.model.configuration.layerCount)
        guard limit < featureCount else {
            let graph = try assembled(
                Array(0..<featureCount), last: wanted + featureTargets(0..<featureCount), earlier: nil, sweep)
            if limit > 0 { progress?(limit, limit) }
            return graph
        }
        let rounds = AttributionRounds(options, featureCount: limit)
        let ranked = EdgeRows(
            rowCapacity: wanted.count + rounds.rankedCount, columnCount: local.layout.columnCount)
        try compute(wanted, into: ranked, sweep)
        var ranking = FeatureRanking()
        var visited = [Bool](repeating: false, count: featureCount)
        var pending: [Int] = []
        var done = 0
        for count in rounds.counts {
            pending = costs.measure(.ranking) { mostInfluential(count, &ranking, ranked, visited: visited) }
            for index in pending { visited[index] = true }
            done += count
            guard done < limit else { break }
            try compute(featureTargets(pending), into: ranked, sweep)
            progress?(done, limit)
        }
        let selected = visited.indices.filter { visited[$0] }
        let graph = try assembled(selected, last: featureTargets(pending), earlier: ranked, sweep)
        progress?(limit, limit)
        return graph
    }

    private func featureTargets(_ features: some Sequence<Int>) -> [SweepTarget] {
        features.map { index in
            let feature = local.activeFeatures[index]
            return SweepTarget(kind: .feature(index), position: feature.position, layer: feature.layer)
        }
    }

    /// The features not yet visited that have most influence on the targets through the rows so far; of equal ones the
    /// first.
    private func mostInfluential(
        _ count: Int, _ ranking: inout FeatureRanking, _ rows: EdgeRows, visited: [Bool]
    ) -> [Int] {
        let influence = ranking.influence(
            rows, columnCount: local.layout.weightedColumnCount, logitWeights: selection.targets.map(\.probability),
            column: { local.columns[$0] })
        // Influence is never negative.
        let left = visited.indices.map { visited[$0] ? -1 : influence[local.columns[$0]] }
        var chosen: [Int] = []
        left.withUnsafeBufferPointer { left in
            LargestKept.forEach(count, of: left) { index, _ in chosen.append(index) }
        }
        return chosen
    }

    /// Computes rows that keep every feature's column.
    private func compute(_ targets: [SweepTarget], into rows: EdgeRows, _ sweep: AdjointSweep) throws(Cancelled) {
        let pieces = SweepPiece.cut(targets, copiesRows: !local.decoders.areReady)
        let firsts = pieces.map { rows.append($0.targets) }
        try inParallelUnlessCancelled(count: pieces.count, jobs: jobs) { index in
            let visitor = EdgeVisitor(
                basis: attributor.basis, local: local, rows: rows, first: firsts[index],
                precision: options.precision, rounded: rounded)
            _ = sweep.run(pieces[index].targets, visitor)
        }
    }

    /// The graph over `selected` features, the rows of the `last` targets computed now.
    ///
    /// - Parameter earlier: the rows of all other targets
    private func assembled(
        _ selected: [Int], last: [SweepTarget], earlier: EdgeRows?, _ sweep: AdjointSweep
    ) throws(Cancelled) -> AttributionGraph {
        let layout = NodeLayout(
            featureCount: selected.count, layerCount: local.layout.layerCount,
            positionCount: local.layout.positionCount, logitCount: selection.targets.count)
        var weights = [Float](repeating: 0, count: layout.targetCount * layout.sourceCount)
        var (bias, unselected): ([Float], [Float]) = ([], [])
        let pieces = SweepPiece.cut(last, copiesRows: !local.decoders.areReady)
        var cancelled: Cancelled?
        weights.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let rows = GraphRows(layout: layout, selected: selected, columns: local.columns, weights: base)
            var place = [Int](repeating: 0, count: local.activeFeatures.count)
            for (node, feature) in selected.enumerated() { place[feature] = node }
            let nodes = place
            if let earlier { costs.measure(.assembly) { rows.copy(earlier, local.layout, node: { nodes[$0] }) } }
            do throws(Cancelled) {
                try inParallelUnlessCancelled(count: pieces.count, jobs: jobs) { index in
                    let visitor = GraphRowVisitor(
                        basis: attributor.basis, local: local, rows: rows,
                        targets: pieces[index].targets.map { rows.target(of: $0, node: { nodes[$0] }) },
                        precision: options.precision, rounded: rounded)
                    _ = sweep.run(pieces[index].targets, visitor)
                }
            } catch {
                cancelled = error
            }
            bias = (0..<layout.targetCount).map { Float(rows.bias[$0]) }
            unselected = (0..<layout.targetCount).map { Float(rows.unselected[$0]) }
        }
        if let cancelled { throw cancelled }
        return AttributionGraph(
            tokens: local.trace.tokens, layerCount: layout.layerCount, activeFeatures: local.activeFeatures,
            selectedFeatures: selected, targets: selection.targets, weights: weights, biasWeights: bias,
            unselectedWeights: unselected,
            preActivations: selected.map { local.preActivations[$0] } + selection.values)
    }
}

/// How many features become nodes in each round.
struct AttributionRounds {
    /// One number a round, all of them above zero.
    let counts: [Int]

    /// - Parameter featureCount: features that become nodes
    init(_ options: AttributionOptions, featureCount: Int) {
        let (size, overflow) = options.updateInterval.multipliedReportingOverflow(by: options.batchSize)
        let most = overflow ? featureCount : min(size, featureCount)
        counts =
            featureCount == 0
            ? [] : stride(from: 0, to: featureCount, by: most).map { min(most, featureCount - $0) }
    }

    /// Features whose rows a later round ranks by.
    var rankedCount: Int { counts.dropLast().reduce(0, +) }
}
