import Circuits
import LanguageModels
import Safetensors
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
        /// What each phase took: operations as they were done, with what is computed beyond the counted.
        public let costs: [AttributionPhase: PhaseCost]
        /// Operations spent in the recursion's matrix products, two for a multiplication and addition.
        public let floatingPointOperations: Int
    }

    /// The underlying model.
    public let model: LanguageModel
    /// What explains its MLPs.
    public let basis: FeatureBasis
    let weights: AdjointWeights
    /// What may be kept in memory of one prompt.
    public var memory = AttributionMemory()

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
        var measured = Attributor(
            model: model, basis: FeatureBasis(NeuronBasis(neurons.options, baseline: baseline), of: model),
            weights: weights)
        measured.memory = memory
        return measured
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
    /// - Throws: as ``attribute(_:options:jobs:progress:)``
    public func localReplacementModel(
        _ tokens: [Int], options: AttributionOptions = AttributionOptions(), jobs: Int = 1
    ) throws -> LocalReplacementModel {
        let costs = PhaseCosts()
        try model.check(tokens)
        var own = self
        own.memory = try memory(forTokens: tokens.count, options: nil, jobs: jobs)
        let frozen = try own.frozenPrompt(tokens, jobs: jobs, costs)
        switch basis.kind {
        case .transcoders(let transcoders):
            return try own.transcoderModel(transcoders, frozen, jobs: jobs, costs) { count throws(MemoryError) in
                try own.memory(forTokens: tokens.count, featureCount: count, options: nil, jobs: jobs)
                    .keptDecoders
            }
        case .neurons(let neurons):
            let selection = try TargetSelection(model: model, basis: basis, trace: frozen.trace, options: options)
            return try neuronModel(neurons, frozen, selection, jobs: jobs, costs)
        }
    }

    func frozenPrompt(_ tokens: [Int], jobs: Int, _ costs: PhaseCosts) throws -> FrozenPrompt {
        try Cancellation.check()
        try basis.neurons?.check(positionCount: tokens.count)
        return try costs.measure(.forward, jobs: jobs) {
            try FrozenPrompt(
                model: model, basis: basis,
                trace: try model.run(
                    tokens, keepingPatternsTo: memory.keptPatterns, site: basis.outputHook.site),
                firstCountedPosition: model.firstCountedPosition(in: tokens))
        }
    }

    /// Finds the features of transcoders that are active.
    ///
    /// - Parameter keptDecoders: bytes of decoder rows that are kept of so many features
    private func transcoderModel(
        _ transcoders: TranscoderSet, _ frozen: FrozenPrompt, jobs: Int, _ costs: PhaseCosts,
        keptDecoders: (_ featureCount: Int) throws(MemoryError) -> Int
    ) throws -> LocalReplacementModel {
        let features = try PromptFeatures(basis, frozen: frozen, jobs: jobs, costs)
        let limit = try keptDecoders(features.active.count)
        return try costs.measure(.decoders, jobs: jobs) {
            try LocalReplacementModel(
                features, of: transcoders, basis: basis, frozen: frozen, keepingDecodersTo: limit, jobs: jobs)
        }
    }

    /// Chooses a prompt's neurons by their total effects on the targets.
    private func neuronModel(
        _ neurons: NeuronBasis, _ frozen: FrozenPrompt, _ selection: TargetSelection, jobs: Int, _ costs: PhaseCosts
    ) throws(Cancelled) -> LocalReplacementModel {
        let prompt = NeuronPrompt(frozen, basis: neurons)
        let effects = try prompt.effects(of: selection, model: model, weights: weights, jobs: jobs, costs)
        return costs.measure(.decoders) {
            LocalReplacementModel(prompt, prompt.choice(effects), basis: basis, frozen: frozen)
        }
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
    /// - Throws: `ModelError` for a prompt that does not fit the model, `TargetError` for targets that fit neither,
    ///   `MemoryError` for a prompt that would take more memory than it may.
    public func attribute(
        _ tokens: [Int], options: AttributionOptions = AttributionOptions(), jobs: Int = 1,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> Result {
        let costs = PhaseCosts()
        try model.check(tokens)
        var own = self
        own.memory = try memory(forTokens: tokens.count, options: options, jobs: jobs)
        let frozen = try own.frozenPrompt(tokens, jobs: jobs, costs)
        func chosen() throws -> TargetSelection {
            try costs.measure(.targets, jobs: jobs) {
                try TargetSelection(model: model, basis: basis, trace: frozen.trace, options: options)
            }
        }
        let selection: TargetSelection
        let local: LocalReplacementModel
        switch basis.kind {
        case .transcoders(let transcoders):
            local = try own.transcoderModel(transcoders, frozen, jobs: jobs, costs) { count throws(MemoryError) in
                try own.memory(forTokens: tokens.count, featureCount: count, options: options, jobs: jobs)
                    .keptDecoders
            }
            selection = try chosen()
        case .neurons(let neurons):
            selection = try chosen()
            local = try neuronModel(neurons, frozen, selection, jobs: jobs, costs)
        }
        let graph = try GraphComputation(
            attributor: own, local: local, selection: selection, options: options, jobs: jobs, costs: costs
        ).graph(progress: progress)
        return Result(
            graph: graph, local: local, logits: selection.logits, costs: costs.byPhase,
            floatingPointOperations: costs.operations)
    }
}
