import ArgumentParser
import AtlasBasis
import AtlasStore
import Attribution
import Circuits
import LanguageModels

/// How a model's own neurons become features, the same on every command that runs the model.
struct NeuronArguments: ParsableArguments {
    @Flag(help: "The model's own MLP neurons are the features; no transcoders are needed.") var neurons = false
    @Option(help: "Neurons that become nodes of a prompt's graph at most, those with the largest effects.")
    var maxNeurons: Int?
    @Option(help: "The share of all effects that a prompt's nodes are to cover.") var neuronCoverage: Double?
    @Option(
        help: ArgumentHelp(
            "What activations are measured from: zero, pair (one other prompt), corpus (the mean over all tokens) or group (the mean over prompts of the same tag and length).",
            valueName: "kind")) var baseline: NeuronOptions.BaselineKind?
    @Option(help: "The prompt that activations are measured from, of as many tokens; with --baseline pair.")
    var baselinePrompt: String?
    @Option(help: "The tag whose values are groups; with --baseline group.") var baselineTag: String?

    /// The options as they were given.
    ///
    /// - Parameter kind: the baseline, unless another is given
    func options(baseline kind: NeuronOptions.BaselineKind) -> NeuronOptions {
        let standard = NeuronOptions()
        let chosen = baseline ?? (baselinePrompt == nil ? kind : .pair)
        return NeuronOptions(
            maximumNeurons: maxNeurons ?? standard.maximumNeurons, coverage: neuronCoverage ?? standard.coverage,
            baseline: chosen, groupTag: chosen == .group ? baselineTag ?? "family" : nil)
    }

    /// Maps a model with its neurons for features.
    ///
    /// - Parameter atlas: where given, its own settings count, but for those that are given beside
    func attributor(modelFolder: String, atlas: AtlasIdentity?) throws -> Attributor {
        if let atlas {
            guard let stored = NeuronOptions(atlas) else {
                return try Attributor(modelFolder: modelFolder, neuronsOf: atlas)
            }
            var chosen = stored
            if let maxNeurons { chosen.maximumNeurons = maxNeurons }
            if let neuronCoverage { chosen.coverage = neuronCoverage }
            if let baseline { chosen.baseline = baseline }
            if let baselineTag { chosen.groupTag = baselineTag }
            return try Attributor(model: LanguageModel(folder: modelFolder), neurons: chosen)
        }
        let options = options(baseline: .zero)
        guard [.zero, .pair].contains(options.baseline) else {
            throw ValidationError(
                "--baseline \(options.baseline.rawValue): means over prompts are found by atlas index and kept in an atlas; ask with --atlas, or give zero or pair"
            )
        }
        let attributor = try Attributor(model: LanguageModel(folder: modelFolder), neurons: options)
        guard let baselinePrompt else { return attributor }
        let model = attributor.model
        return try attributor.measuring(
            from: .byPosition(model.neuronActivations(model.tokenizer.encodePrompt(baselinePrompt))))
    }

    /// Maps a model with its neurons for features, to be indexed.
    func indexingAttributor(modelFolder: String) throws -> Attributor {
        try Attributor(model: LanguageModel(folder: modelFolder), neurons: options(baseline: .group))
    }

    func validate() throws {
        guard
            neurons
                || maxNeurons == nil && neuronCoverage == nil && baseline == nil && baselinePrompt == nil
                    && baselineTag == nil
        else {
            throw ValidationError(
                "--max-neurons, --neuron-coverage, --baseline, --baseline-prompt and --baseline-tag go with --neurons")
        }
        if let maxNeurons, maxNeurons < 1 {
            throw ValidationError("--max-neurons: expected 1 or more, found \(maxNeurons)")
        }
        if let neuronCoverage { try requireShare(neuronCoverage, "--neuron-coverage") }
        if let baseline, (baseline == .pair) != (baselinePrompt != nil) {
            throw ValidationError("--baseline pair and --baseline-prompt TEXT go together")
        }
        guard baselineTag == nil || baseline == nil || baseline == .group else {
            throw ValidationError("--baseline-tag goes with --baseline group")
        }
    }
}

extension NeuronOptions.BaselineKind: ExpressibleByArgument {}
