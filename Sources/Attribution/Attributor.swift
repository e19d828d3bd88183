import Circuits
import LanguageModels
import Safetensors
import Synchronization
import Tensors
import Transcoders

/// Computes attribution graphs of one replacement model.
///
///     let attributor = Attributor(model: model, transcoders: transcoders)
///     let result = try attributor.attribute(model.tokenizer.encodePrompt("calc: 36+59="))
///     print(GraphScores(result.graph))
///
/// Without transcoders, over the model's own neurons:
///
///     let attributor = try Attributor(model: model, neurons: NeuronOptions(maximumNeurons: 2000))
public struct Attributor: Sendable {
    /// A graph with what was found on the way.
    public struct Result: Sendable {
        /// The unpruned graph.
        public let graph: AttributionGraph
        /// The frozen network that it describes.
        public let local: LocalReplacementModel
        /// `[vocabularySize]`: the underlying model's logits after the last position.
        public let logits: [Float]
        /// Operations spent in the recursion's matrix products, two for a multiplication and addition.
        public let floatingPointOperations: Int
    }

    /// The underlying model.
    public let model: LanguageModel
    /// What explains its MLPs.
    public let basis: FeatureBasis
    let weights: AdjointWeights

    /// The transcoders that explain its MLPs.
    ///
    /// - Precondition: the basis is transcoders; see `basis` for what any basis has
    public var transcoders: TranscoderSet {
        guard let transcoders = basis.transcoders else { preconditionFailure("features are neurons, not transcoders'") }
        return transcoders
    }

    private init(model: LanguageModel, basis: FeatureBasis, weights: AdjointWeights) {
        self.model = model
        self.basis = basis
        self.weights = weights
    }

    /// Pairs a model with its transcoders.
    public init(model: LanguageModel, transcoders: TranscoderSet) {
        precondition(transcoders.layers.count == model.configuration.layerCount)
        precondition(transcoders.modelWidth == model.configuration.modelWidth)
        self.init(model: model, basis: FeatureBasis(transcoders), weights: AdjointWeights(model))
    }

    /// Explains a model's MLPs by their own neurons.
    ///
    /// - Parameter baseline: what contributions are measured from, of the kind that the options name; may be given later,
    ///   with ``measuring(from:)``, and is needed before anything is attributed
    /// - Throws: `TargetError` for a baseline of another shape.
    public init(model: LanguageModel, neurons options: NeuronOptions, baseline: NeuronBaseline? = nil)
        throws(TargetError)
    {
        try baseline?.check(model.blocks.map(\.mlp.neuronCount))
        self.init(
            model: model, basis: FeatureBasis(NeuronBasis(options, baseline: baseline), of: model),
            weights: AdjointWeights(model))
    }

    /// The same with neurons measured from another baseline: cheap, so that each group of prompts can have its own.
    ///
    /// - Precondition: the basis is neurons
    /// - Throws: `TargetError` for a baseline of another shape.
    public func measuring(from baseline: NeuronBaseline) throws(TargetError) -> Attributor {
        guard let neurons = basis.neurons else { preconditionFailure("features are transcoders', not neurons") }
        try baseline.check(model.blocks.map(\.mlp.neuronCount))
        return Attributor(
            model: model, basis: FeatureBasis(NeuronBasis(neurons.options, baseline: baseline), of: model),
            weights: weights)
    }

    /// Loads both from their folders.
    ///
    /// - Throws: what `LanguageModel` and `TranscoderSet` throw; `ModelError` for a hook that the model has not.
    public init(modelFolder: String, transcoderFolder: String) throws {
        let model = try LanguageModel(folder: modelFolder)
        let transcoders = try TranscoderSet(
            folder: transcoderFolder, layerCount: model.configuration.layerCount,
            modelWidth: model.configuration.modelWidth)
        if let fault = model.fault(of: transcoders.inputHook) {
            throw ModelError(
                file: try HuggingFaceCache.folder(transcoderFolder) + "/config.yaml", place: "feature_input_hook", fault
            )
        }
        self.init(model: model, transcoders: transcoders)
    }

    /// Runs the underlying model and freezes it, without attributing anything.
    ///
    /// - Parameter options: the targets by which neurons are chosen, where features are neurons
    public func localReplacementModel(
        _ tokens: [Int], options: AttributionOptions = AttributionOptions(), jobs: Int = 1
    ) throws -> LocalReplacementModel {
        let frozen = try frozenPrompt(tokens)
        switch basis.kind {
        case .transcoders(let transcoders):
            return try LocalReplacementModel(transcoders, basis: basis, frozen: frozen)
        case .neurons(let neurons):
            let selection = try TargetSelection(model: model, basis: basis, trace: frozen.trace, options: options)
            return try neuronModel(neurons, frozen, selection, jobs: jobs).local
        }
    }

    func frozenPrompt(_ tokens: [Int]) throws -> FrozenPrompt {
        try Cancellation.check()
        try basis.neurons?.check(positionCount: tokens.count)
        return try FrozenPrompt(
            model: model, basis: basis, trace: try model.run(tokens, site: basis.outputHook.site),
            firstCountedPosition: model.firstCountedPosition(in: tokens))
    }

    /// Chooses a prompt's neurons by their total effects on the targets.
    private func neuronModel(
        _ neurons: NeuronBasis, _ frozen: FrozenPrompt, _ selection: TargetSelection, jobs: Int
    ) throws(Cancelled) -> (local: LocalReplacementModel, operations: Int) {
        let prompt = NeuronPrompt(frozen, basis: neurons)
        let (effects, operations) = try prompt.effects(of: selection, model: model, weights: weights, jobs: jobs)
        return (LocalReplacementModel(prompt, prompt.choice(effects), basis: basis, frozen: frozen), operations)
    }

    /// Throws for targets that this replacement model does not have, before anything is run.
    public func check(_ options: AttributionOptions) throws(TargetError) {
        try TargetChecks(model: model, basis: basis).check(options.targets)
    }

    /// Attributes the next token after a prompt, or the targets that `options` give.
    ///
    /// 1. Run the underlying model; freeze it; choose the targets.
    /// 2. Find active features, or choose neurons by one sweep from the targets through the MLPs; errors and constants.
    /// 3. Compute the targets' rows.
    /// 4. Compute the rows of all features, or repeatedly of the most influential ones so far.
    ///
    /// - Parameters:
    ///   - tokens: the prompt, the beginning-of-sequence token first
    ///   - options: what to attribute
    ///   - jobs: threads
    ///   - progress: called with targets done and to do, from the calling thread
    /// - Throws: `ModelError` for a prompt that does not fit the model, `TargetError` for targets that fit neither.
    public func attribute(
        _ tokens: [Int], options: AttributionOptions = AttributionOptions(), jobs: Int = 1,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> Result {
        let frozen = try frozenPrompt(tokens)
        let selection: TargetSelection
        let local: LocalReplacementModel
        var operations = 0
        switch basis.kind {
        case .transcoders(let transcoders):
            local = try LocalReplacementModel(transcoders, basis: basis, frozen: frozen)
            selection = try TargetSelection(model: model, basis: basis, trace: frozen.trace, options: options)
        case .neurons(let neurons):
            selection = try TargetSelection(model: model, basis: basis, trace: frozen.trace, options: options)
            (local, operations) = try neuronModel(neurons, frozen, selection, jobs: jobs)
        }
        let featureCount = local.activeFeatures.count
        let limit = min(options.maximumFeatureNodes ?? featureCount, featureCount)
        let rows = EdgeRows(rowCapacity: limit + selection.targets.count, columnCount: local.layout.columnCount)
        let sweep = AdjointSweep(
            model: model, weights: weights, prompt: frozen, readings: selection.readings,
            activeFeatures: local.activeFeatures)
        operations += try compute(
            selection.sweepTargets(layerCount: model.configuration.layerCount), rows: rows, local: local, sweep: sweep,
            jobs: jobs)
        var ranking = FeatureRanking()
        var visited = [Bool](repeating: false, count: featureCount)
        var done = 0
        while done < limit {
            var pending: [Int]
            if limit == featureCount {
                pending = Array(0..<featureCount)
            } else {
                let influence = ranking.influence(
                    rows, columnCount: local.layout.weightedColumnCount,
                    logitWeights: selection.targets.map(\.probability), column: { local.columns[$0] })
                let ranked = (0..<featureCount).filter { !visited[$0] }
                    .sorted { (influence[local.columns[$1]], $0) < (influence[local.columns[$0]], $1) }
                pending = Array(ranked.prefix(min(options.updateInterval * options.batchSize, limit - done)))
            }
            for index in pending { visited[index] = true }
            operations += try compute(
                pending.map { index in
                    let feature = local.activeFeatures[index]
                    return SweepTarget(kind: .feature(index), position: feature.position, layer: feature.layer)
                }, rows: rows, local: local, sweep: sweep, jobs: jobs)
            done += pending.count
            progress?(done, limit)
        }
        return Result(
            graph: AttributionGraph(rows, local: local, selection: selection, visited: visited), local: local,
            logits: selection.logits, floatingPointOperations: operations)
    }

    /// Computes rows for `targets`, grouped by position and cut into pieces that suit caches and threads.
    private func compute(
        _ targets: [SweepTarget], rows: EdgeRows, local: LocalReplacementModel, sweep: AdjointSweep, jobs: Int
    ) throws(Cancelled) -> Int {
        let ordered = targets.sorted { ($0.position, $1.layer) < ($1.position, $0.layer) }
        let first = rows.append(ordered)
        var pieces: [(first: Int, count: Int, cost: Int)] = []
        var start = 0
        while start < ordered.count {
            let position = ordered[start].position
            let end = ordered[start...].firstIndex { $0.position != position } ?? ordered.count
            let size = max(Self.smallestPiece, Self.rowsAPiece / (position + 1))
            for piece in stride(from: start, to: end, by: size) {
                let count = min(size, end - piece)
                let layers = ordered[piece..<piece + count].reduce(0) { $0 + $1.layer + 1 }
                pieces.append((first + piece, count, layers * (position + 1)))
            }
            start = end
        }
        pieces.sort { ($1.cost, $0.first) < ($0.cost, $1.first) }
        let operations = Atomic<Int>(0)
        let work = pieces
        try inParallelUnlessCancelled(count: work.count, jobs: jobs) { index in
            let (first, count) = (work[index].first, work[index].count)
            let visitor = EdgeVisitor(basis: basis, local: local, rows: rows, first: first)
            operations.add(sweep.run(Array(rows.targets[first..<first + count]), visitor), ordering: .relaxed)
        }
        return operations.load(ordering: .relaxed)
    }

    /// Gradient rows (targets × positions) a piece: enough for a matrix product to run at full speed.
    private static let rowsAPiece = 1024
    /// Targets a piece at least, so that long prompts keep some batching.
    private static let smallestPiece = 16
}
