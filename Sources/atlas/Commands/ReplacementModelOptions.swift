import ArgumentParser
import AtlasBasis
import AtlasIndexing
import AtlasQuery
import AtlasStore
import Attribution
import Foundation
import Tensors

/// Where the replacement model lies, the same on every command that runs it.
struct ReplacementModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The language model's folder (config.json, model.safetensors, tokenizer.json).", valueName: "dir"))
    var model: String
    @Option(
        help: ArgumentHelp(
            "The transcoders' folder (config.yaml and weights); or --neurons in its place.", valueName: "dir"))
    var transcoders: String?
    @OptionGroup var neuronArguments: NeuronArguments

    /// Maps both, or the model alone with its neurons for features.
    func attributor() throws -> Attributor {
        if let transcoders { return try Attributor(modelFolder: model, transcoderFolder: transcoders) }
        return try neuronArguments.attributor(modelFolder: model, atlas: nil)
    }

    /// The same for a corpus: neurons are measured from means, as the atlas at `path` has them if there is one.
    func attributor(toIndex path: String) throws -> Attributor {
        guard transcoders == nil else { return try attributor() }
        // What cannot be read, or is older than neurons, the indexer will refuse.
        if let identity = try? Atlas.open(path, mode: .readOnly).identity, identity.neuronSettings != nil {
            return try neuronArguments.attributor(modelFolder: model, atlas: identity)
        }
        return try neuronArguments.indexingAttributor(modelFolder: model)
    }

    /// The same, checked to be the model that the atlas is about; neurons as they are in the atlas.
    func attributor(for reader: AtlasReader) throws -> Attributor {
        let attributor =
            try transcoders.map { try Attributor(modelFolder: model, transcoderFolder: $0) }
            ?? neuronArguments.attributor(modelFolder: model, atlas: reader.atlas.identity)
        try reader.atlas.requireSame(as: AtlasIdentity(attributor))
        return attributor
    }

    func validate() throws {
        guard (transcoders != nil) != neuronArguments.neurons else {
            throw ValidationError(
                transcoders == nil
                    ? "expected --transcoders DIR or --neurons, found neither"
                    : "expected --transcoders or --neurons, found both")
        }
    }
}

/// Where the replacement model lies, on commands that can answer without it, but less.
struct OptionalReplacementModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The language model's folder, for answers that need weights; with --transcoders or --neurons.",
            valueName: "dir"))
    var model: String?
    @Option(help: ArgumentHelp("The transcoders' folder; with --model.", valueName: "dir"))
    var transcoders: String?
    @Flag(help: "The model's own neurons are the features; with --model.") var neurons = false

    /// Whether the model is given.
    var areGiven: Bool { model != nil }

    /// Maps it, checked to be the model that the atlas is about; `nil` where none is given.
    func attributor(for reader: AtlasReader) throws -> Attributor? {
        guard let model else { return nil }
        let attributor =
            try transcoders.map { try Attributor(modelFolder: model, transcoderFolder: $0) }
            ?? Attributor(modelFolder: model, neuronsOf: reader.atlas.identity)
        try reader.atlas.requireSame(as: AtlasIdentity(attributor))
        return attributor
    }

    func validate() throws {
        guard transcoders == nil || !neurons else {
            throw ValidationError("expected --transcoders or --neurons, found both")
        }
        guard (model == nil) == (transcoders == nil && !neurons) else {
            throw ValidationError("expected --model together with --transcoders or --neurons, found only one of them")
        }
    }
}

/// What to attribute, the same on every command that attributes.
struct AttributionArguments: ParsableArguments {
    @Option(help: "Features that become targets, chosen by influence; all of them unless given.")
    var maxFeatureNodes: Int?
    @Option(help: "Logits that become targets at most.") var maxLogits = 10
    @Option(help: "The probability that the chosen logits are to cover.") var desiredLogitProbability = 0.95
    @Option(help: "Features a batch; with --update-interval it decides when features are ranked anew.")
    var batchSize = 512
    @Option(help: "Batches between two rankings.") var updateInterval = 4
    @Option(
        help: ArgumentHelp(
            "How exactly edges are computed: float32; bf16x3, 16 bits of each number; or bf16, 8 bits of each.",
            discussion: "The rounded ones are faster where the processor has units for them: AMX, or AVX-512 BF16."))
    var precision = ProductPrecision.float32

    var options: AttributionOptions {
        AttributionOptions(
            maximumFeatureNodes: maxFeatureNodes, maximumLogits: maxLogits,
            desiredLogitProbability: desiredLogitProbability, batchSize: batchSize, updateInterval: updateInterval,
            precision: precision)
    }

    func validate() throws {
        if let maxFeatureNodes, maxFeatureNodes < 1 {
            throw ValidationError("--max-feature-nodes: expected 1 or more, found \(maxFeatureNodes)")
        }
        guard maxLogits >= 1 else { throw ValidationError("--max-logits: expected 1 or more, found \(maxLogits)") }
        guard batchSize >= 1 else { throw ValidationError("--batch-size: expected 1 or more, found \(batchSize)") }
        guard updateInterval >= 1 else {
            throw ValidationError("--update-interval: expected 1 or more, found \(updateInterval)")
        }
        guard desiredLogitProbability > 0, desiredLogitProbability <= 1 else {
            throw ValidationError(
                "--desired-logit-probability: expected a share above 0, at most 1, found \(desiredLogitProbability)")
        }
    }
}

extension ProductPrecision: ExpressibleByArgument {}
