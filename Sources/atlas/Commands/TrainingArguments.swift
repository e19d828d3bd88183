import ArgumentParser
import Foundation
import Texts
import TranscoderTraining
import Transcoders

/// The settings of a training run: a file's or the defaults, and what options change of them.
struct TrainingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("A JSON file of settings, or the training.json of a run.", valueName: "file"))
    var settings: String?
    @Option(help: "clt (writes to all later layers), plt (to its own), plt-skip (beside a linear map).")
    var architecture: String?
    @Option(help: "jumprelu, topk or batchtopk.") var activation: String?
    @Option(help: "Features a layer.") var features: Int?
    @Option(help: "Features that are to fire at a token of a layer.") var activeFeatures: Double?
    @Option(help: "A fixed penalty of firing, as a share of a layer's mean squared output; jumprelu only.")
    var sparsity: Double?
    @Option(help: "Training steps.") var steps: Int?
    @Option(help: "Tokens a step.") var batchTokens: Int?
    @Option(help: "Adam's learning rate.") var learningRate: Double?
    @Option(help: "Decides every random number.") var seed: UInt64?
    @Option(help: "Tokens of a piece of text.") var context: Int?
    @Option(help: "Tokens whose activations wait in memory to be drawn in random order.") var bufferTokens: Int?
    @Option(help: "What encoders read: mlp.hook_in, hook_resid_mid or ln2.hook_normalized.") var inputHook: String?
    @Option(help: "What decoders write: mlp.hook_out or hook_mlp_out.") var outputHook: String?
    @Option(help: "How far from its threshold a pre-activation still moves it; jumprelu only.") var bandwidth: Double?
    @Option(help: "How steeply the penalty sets in; jumprelu only.") var steepness: Double?
    @Option(help: "How strongly silent features are pulled towards firing.") var silencePenalty: Double?
    @Option(help: "Tokens without firing after which a feature counts as dead.") var deadAfterTokens: Int?
    @Option(help: "Steps between two revivals of dead features; 0 for none.") var revivalInterval: Int?

    /// All settings.
    func chosen() throws -> TrainingSettings {
        var chosen = try settings.map(Self.read) ?? TrainingSettings()
        if let architecture { chosen.architecture = try Self.choice("--architecture", architecture) }
        if let activation { chosen.activation = try Self.choice("--activation", activation) }
        if let inputHook { chosen.inputHook = try Self.choice("--input-hook", inputHook) }
        if let outputHook { chosen.outputHook = try Self.choice("--output-hook", outputHook) }
        if let features { chosen.featureCount = features }
        if let activeFeatures { chosen.activeFeatures = activeFeatures }
        if let sparsity { chosen.sparsity = sparsity }
        if let steps { chosen.steps = steps }
        if let batchTokens { chosen.batchTokens = batchTokens }
        if let learningRate { chosen.learningRate = learningRate }
        if let seed { chosen.seed = seed }
        if let context { chosen.contextLength = context }
        if let bufferTokens { chosen.bufferTokens = bufferTokens }
        if let bandwidth { chosen.bandwidth = bandwidth }
        if let steepness { chosen.steepness = steepness }
        if let silencePenalty { chosen.silencePenalty = silencePenalty }
        if let deadAfterTokens { chosen.deadAfterTokens = deadAfterTokens }
        if let revivalInterval { chosen.revivalInterval = revivalInterval }
        if let fault = chosen.fault { throw ValidationError(fault) }
        return chosen
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ option: String, _ value: String
    ) throws -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: value) else {
            throw ValidationError(
                "\(option): expected \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), found \(value)")
        }
        return choice
    }

    /// A training report, of which the settings are a part.
    private struct Report: Decodable {
        let settings: TrainingSettings
    }

    /// Whether a file is a report.
    private struct Shape: Decodable {
        let isReport: Bool

        private enum Keys: String, CodingKey { case settings }

        init(from decoder: any Decoder) throws {
            isReport = try decoder.container(keyedBy: Keys.self).contains(.settings)
        }
    }

    private static func read(_ path: String) throws -> TrainingSettings {
        let file = JSONFile(path: path)
        let expected = "the settings of a training run"
        return try file.decode(Shape.self, expected: expected).isReport
            ? file.decode(Report.self, expected: expected).settings
            : file.decode(TrainingSettings.self, expected: expected)
    }
}
