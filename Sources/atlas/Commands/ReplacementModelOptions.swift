import ArgumentParser
import AtlasIndexing
import AtlasQuery
import AtlasStore
import Attribution

/// Where the replacement model lies, the same on every command that runs it.
struct ReplacementModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The language model's folder (config.json, model.safetensors, tokenizer.json).", valueName: "dir"))
    var model: String
    @Option(help: ArgumentHelp("The transcoders' folder (config.yaml and weights).", valueName: "dir"))
    var transcoders: String

    /// Maps both.
    func attributor() throws -> Attributor {
        try Attributor(modelFolder: model, transcoderFolder: transcoders)
    }

    /// Maps both, checked to be the model that the atlas is about.
    func attributor(for reader: AtlasReader) throws -> Attributor {
        let attributor = try attributor()
        try reader.atlas.requireSame(as: AtlasIdentity(attributor))
        return attributor
    }
}

/// Where the replacement model lies, on commands that can answer without it, but less.
struct OptionalReplacementModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The language model's folder, for answers that need weights; with --transcoders.", valueName: "dir"))
    var model: String?
    @Option(help: ArgumentHelp("The transcoders' folder; with --model.", valueName: "dir"))
    var transcoders: String?

    /// Whether both are given.
    var areGiven: Bool { model != nil }

    /// Maps both, checked to be the model that the atlas is about; `nil` where neither is given.
    func attributor(for reader: AtlasReader) throws -> Attributor? {
        guard let model, let transcoders else { return nil }
        let attributor = try Attributor(modelFolder: model, transcoderFolder: transcoders)
        try reader.atlas.requireSame(as: AtlasIdentity(attributor))
        return attributor
    }

    func validate() throws {
        guard (model == nil) == (transcoders == nil) else {
            throw ValidationError("expected --model and --transcoders together, found only one of them")
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

    var options: AttributionOptions {
        AttributionOptions(
            maximumFeatureNodes: maxFeatureNodes, maximumLogits: maxLogits,
            desiredLogitProbability: desiredLogitProbability, batchSize: batchSize, updateInterval: updateInterval)
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

/// Checks a threshold that is a share.
func requireShare(_ value: Double, option: String) throws {
    guard (0...1).contains(value) else {
        throw ValidationError("\(option): expected a share from 0 to 1, found \(value)")
    }
}
