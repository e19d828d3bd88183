import Circuits
import DemoData
import Foundation
import LanguageModels
import TranscoderTraining

/// The demo's language model, some text of its own kind, and settings that train in a second.
enum TrainedModel {
    static func model() throws -> LanguageModel { try LanguageModel(folder: DemoData().model) }

    static func text(_ model: LanguageModel, prompts: Int = 40) -> TrainingText {
        var text = TrainingText(tokenizer: model.tokenizer, contextLength: settings().contextLength)
        for index in 0..<prompts { text.add("calc: \(index * 7 % 100)+\(index * 13 % 100)=\(index * 20 % 100)") }
        return text
    }

    static func settings(
        _ architecture: TrainingSettings.Architecture = .crossLayer,
        _ activation: TrainingSettings.Activation = .jumpReLU
    ) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.architecture = architecture
        settings.activation = activation
        settings.featureCount = 24
        settings.activeFeatures = 4
        settings.steps = 12
        settings.batchTokens = 48
        settings.bufferTokens = 96
        settings.contextLength = 32
        settings.deadAfterTokens = 200
        settings.revivalInterval = 4
        return settings
    }

    /// A folder that is removed with the last reference.
    final class Folder {
        let path = NSTemporaryDirectory() + "atlas-training-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }

        var weightFiles: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(atPath: path).filter {
                    $0.hasSuffix(".safetensors") && $0 != TranscoderTrainer.checkpointName
                }.sorted()
            }
        }
    }
}
