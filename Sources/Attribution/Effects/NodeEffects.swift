import Circuits
import LanguageModels
import Tensors

extension Attributor {
    /// What the nodes of a graph do to its targets, to the answer's logit and to the gap between the answer and the most
    /// likely other token: through the graph, and by the derivative of the underlying model.
    ///
    /// 1. A row of the graph for each readout; all paths by one pass over the whole graph.
    /// 2. One sweep of gradients through the undisturbed run: patterns held, MLPs and norms followed.
    /// 3. Where asked for, the features with the largest gradient effects on the gap are silenced, one at a time.
    ///
    /// - Parameters:
    ///   - graph: what is kept of `result`, or any graph of the same prompt
    ///   - result: the graph before pruning, of this attributor
    ///   - answer: the right answer's first token; the most likely one where `nil`
    ///   - measured: how many features are silenced
    /// - Returns: effects of every node of `graph` in its order; those of features that `result` does not have, and of
    ///   logits, are 0
    /// - Precondition: `graph` is of the same prompt
    /// - Throws: what a run of the model throws
    public func effects(
        ofNodesIn graph: SparseGraph, of result: Result, answer: Int?, measured: Int = 0
    ) throws -> NodeEffects {
        precondition(graph.tokens == result.local.trace.tokens)
        let readout = EffectReadout(answer: answer, logits: result.logits)
        let own = EffectSources(graph, of: result)
        let wanted = Readouts(readout, graph)
        let (total, gradient) = (totals(of: wanted, own), gradients(of: wanted, own))
        // Sweeps end early where they are no longer wanted.
        try Cancellation.check()
        var measurements: [NodeEffects.Measurement] = []
        if measured > 0 {
            let features = GradientSources(own.nodes, model: model, contribution: own.contribution).features
                .flatMap(\.self)
                .sorted {
                    (gradient.gap[$1.node].magnitude, $0.node) < (gradient.gap[$0.node].magnitude, $1.node)
                }
            measurements = try EffectMeasurement(attributor: self, result: result, readout: readout)
                .measured(Array(features.prefix(measured))).sorted { $0.node < $1.node }
        }
        let mean = Float(result.logits.reduce(0.0) { $0 + Double($1) } / Double(result.logits.count))
        return NodeEffects(
            answer: readout.answer, rival: readout.rival,
            gap: result.logits[readout.answer] - result.logits[readout.rival],
            answerLogit: result.logits[readout.answer] - mean, total: total, gradient: gradient,
            measured: measurements)
    }

    /// Along all paths of the graph.
    private func totals(of readouts: Readouts, _ own: EffectSources) -> NodeEffects.Readouts {
        let (graph, local) = (own.result.graph, own.result.local)
        let layout = graph.layout
        var direct = readouts.targets.map { target, position -> [Float] in
            let same = graph.targets.firstIndex { $0.target == target && $0.position == position }
            guard let start = same.map({ (layout.featureCount + $0) * layout.sourceCount }) else { return [] }
            return Array(graph.weights[start..<start + layout.sourceCount])
        }
        let missing = direct.indices.filter { direct[$0].isEmpty }
        let rows = EdgeRows(rowCapacity: missing.count, columnCount: local.layout.columnCount)
        readouts.sweep(
            missing, readings: readouts.targets.map { $0.target.reading(of: model) }, through: local.frozen, self
        ) { sweep, targets, indices in
            let first = rows.append(targets)
            _ = sweep.run(targets, EdgeVisitor(basis: basis, local: local, rows: rows, first: first))
            for (place, index) in indices.enumerated() { direct[index] = rows.sources(first + place, of: graph, local) }
        }
        let totals = graph.totalEffects(of: direct, contributions: local.contributions)
        let columns = own.nodes.map(own.source)
        return readouts.named(totals.map { row in columns.map { $0.map { row[$0] } ?? 0 } })
    }

    /// By the derivative of the underlying model.
    private func gradients(of readouts: Readouts, _ own: EffectSources) -> NodeEffects.Readouts {
        let local = own.result.local
        let derivative = NetworkDerivative(model, at: local.trace)
        let moving = FrozenPrompt(local.frozen, model: model, basis: basis, derivative: derivative)
        let sources = GradientSources(own.nodes, model: model, contribution: own.contribution)
        var logits = [local.trace.tokens.count - 1: own.result.logits]
        let readings = readouts.targets.map { target, position in
            let found = logits[position] ?? model.logits(local.trace, position: position)
            logits[position] = found
            return model.cappedReading(of: target, logits: found)
        }
        var effects = [[Float]](repeating: [], count: readouts.targets.count)
        readouts.sweep(Array(readings.indices), readings: readings, through: moving, self) { sweep, targets, indices in
            let visitor = GradientVisitor(
                targetCount: targets.count, sources: sources, local: local, basis: basis, model: model, prompt: moving,
                derivative: derivative)
            _ = sweep.run(targets, visitor)
            for (place, index) in indices.enumerated() { effects[index] = visitor.effects[place] }
        }
        for layer in basis.layers.indices { basis.releaseDecoderPages(ofLayer: layer) }
        return readouts.named(effects)
    }
}

/// Everything that effects are taken on: the answer, its rival, and the graph's targets, each once. The gap is the answer
/// less the rival, as logits are linear in what is read and the mean is the same.
private struct Readouts {
    /// What is read, and at which position.
    private(set) var targets: [(target: AttributionTarget, position: Int)] = []
    private let answer: Int
    private let rival: Int
    /// The places of the graph's targets.
    private let ofGraph: [Int]

    init(_ readout: EffectReadout, _ graph: SparseGraph) {
        let last = graph.tokens.count - 1
        var found: [(target: AttributionTarget, position: Int)] = []
        func place(_ target: AttributionTarget, _ position: Int) -> Int {
            if let place = found.firstIndex(where: { $0.target == target && $0.position == position }) { return place }
            found.append((target, position))
            return found.count - 1
        }
        answer = place(.token(id: readout.answer), last)
        rival = place(.token(id: readout.rival), last)
        ofGraph = graph.targets.map { place($0.target, $0.position) }
        targets = found
    }

    /// Gives lists in the order of `targets` their names.
    func named(_ effects: [[Float]]) -> NodeEffects.Readouts {
        NodeEffects.Readouts(
            gap: zip(effects[answer], effects[rival]).map { $0 - $1 }, answer: effects[answer],
            targets: ofGraph.map { effects[$0] })
    }

    /// Hands a sweep to `body` for each position, with the targets there from the highest layer down and their places.
    ///
    /// - Parameters:
    ///   - wanted: the places of those that are swept from
    ///   - readings: one for each of `targets`
    func sweep(
        _ wanted: [Int], readings: [TargetSelection.Reading], through prompt: FrozenPrompt, _ attributor: Attributor,
        _ body: (AdjointSweep, [SweepTarget], [Int]) -> Void
    ) {
        let sweep = AdjointSweep(
            model: attributor.model, weights: attributor.weights, prompt: prompt, readings: readings,
            activeFeatures: [])
        let sources = targets.indices.map { index in
            var layer = attributor.model.configuration.layerCount
            if case .encoder(let feature) = readings[index] { layer = feature.layer }
            return SweepTarget(kind: .logit(index), position: targets[index].position, layer: layer)
        }
        for position in Set(wanted.map { targets[$0].position }).sorted() {
            let indices = wanted.filter { targets[$0].position == position }
                .sorted { (sources[$1].layer, $0) < (sources[$0].layer, $1) }
            body(sweep, indices.map { sources[$0] }, indices)
        }
    }
}

/// The nodes whose effects are asked for, found again in the whole graph.
private struct EffectSources {
    let result: Attributor.Result
    let nodes: [NodeID]
    /// Where each feature of the whole graph stands in it.
    private let places: [ActivePlace: Int]

    init(_ graph: SparseGraph, of result: Attributor.Result) {
        self.result = result
        nodes = graph.nodes.map(\.id)
        places = Dictionary(
            uniqueKeysWithValues: result.graph.selectedFeatures.enumerated().map { node, active in
                let feature = result.graph.activeFeatures[active]
                return (ActivePlace(layer: feature.layer, position: feature.position, index: feature.index), node)
            })
    }

    /// The source index of a node in the whole graph; `nil` for one that it does not have, and for a logit.
    func source(_ node: NodeID) -> Int? {
        let layout = result.graph.layout
        return switch node {
        case .feature(let layer, let position, let index):
            places[ActivePlace(layer: layer, position: position, index: index)]
        case .error(let layer, let position): layout.error(layer: layer, position: position)
        case .token(let position): layout.token(position: position)
        case .logit, .bias: nil
        }
    }

    /// What a feature's decoder is multiplied by; `nil` for one that the whole graph does not have.
    func contribution(_ place: ActivePlace) -> Float? {
        places[place].map { result.local.contributions[result.graph.selectedFeatures[$0]] }
    }
}
