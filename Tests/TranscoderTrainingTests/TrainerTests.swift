import Foundation
import LanguageModels
import Safetensors
import Tensors
import Testing
import Transcoders

@testable import TranscoderTraining

struct TrainerTests {
    /// Trains in a folder of its own; interrupted after some steps where that is asked for.
    private func train(
        _ settings: TrainingSettings, in folder: TrainedModel.Folder, jobs: Int = 2, stopAfter: Int? = nil
    ) throws -> TrainingReport {
        let model = try TrainedModel.model()
        let trainer = try TranscoderTrainer(
            model, text: TrainedModel.text(model), settings: settings, jobs: jobs)
        let cancellation = Cancellation()
        return try cancellation.run {
            try trainer.train(to: folder.path, name: "trained") { progress in
                if progress.step == stopAfter { cancellation.cancel() }
            }
        }
    }

    @Test func `the same seed gives the same weights on one thread and on three, another seed others`() throws {
        let folders = try (0..<3).map { _ in try TrainedModel.Folder() }
        _ = try train(TrainedModel.settings(), in: folders[0], jobs: 1)
        _ = try train(TrainedModel.settings(), in: folders[1], jobs: 3)
        var other = TrainedModel.settings()
        other.seed = 1
        _ = try train(other, in: folders[2])
        let names = try folders[0].weightFiles
        #expect(names.count == 12)
        for name in names {
            #expect(try folders[0].bytes(name) == folders[1].bytes(name), "\(name)")
            #expect(try folders[0].bytes(name) != folders[2].bytes(name), "\(name)")
        }
    }

    @Test(arguments: [(1, TrainingSettings.Activation.jumpReLU), (5, .jumpReLU), (9, .batchTopK), (7, .topK)])
    func `an interrupted run goes on to the same weights`(
        step: Int, activation: TrainingSettings.Activation
    ) throws {
        let settings = TrainedModel.settings(.crossLayer, activation)
        let (whole, parted) = (try TrainedModel.Folder(), try TrainedModel.Folder())
        let report = try train(settings, in: whole)
        #expect(throws: TrainingInterrupted.self) { try train(settings, in: parted, stopAfter: step) }
        #expect(!FileManager.default.fileExists(atPath: parted.path + "/config.yaml"))
        let resumed = try train(settings, in: parted)
        for name in try whole.weightFiles {
            #expect(try whole.bytes(name) == parted.bytes(name), "\(name)")
        }
        #expect(report.curve == resumed.curve)
        #expect(report.revivedFeatures == resumed.revivedFeatures)
    }

    @Test(arguments: TrainingSettings.Architecture.allCases, TrainingSettings.Activation.allCases)
    func `what is written loads and computes what was trained`(
        architecture: TrainingSettings.Architecture, activation: TrainingSettings.Activation
    ) throws {
        let folder = try TrainedModel.Folder()
        let settings = TrainedModel.settings(architecture, activation)
        _ = try train(settings, in: folder)
        let model = try TrainedModel.model()
        let transcoders = try TranscoderSet(
            folder: folder.path, layerCount: model.configuration.layerCount,
            modelWidth: model.configuration.modelWidth)
        #expect(transcoders.kind == (architecture == .crossLayer ? .crossLayer : .perLayer))
        #expect(transcoders.layers.allSatisfy { $0.featureCount == settings.featureCount })
        #expect((transcoders.layers[0].skip != nil) == (architecture == .perLayerWithSkip))
        #expect(transcoders.name == "trained")
        // The scaled run of the last state, and the set's own on the model's numbers.
        let tokens = model.tokenizer.encodePrompt("calc: 36+59=95")
        let trace = try model.run(tokens, site: .output)
        let checkpoint = try TrainedState(folder: folder.path, settings: settings, model: model)
        for (layer, transcoder) in zip(checkpoint.layers, transcoders.layers) {
            let input = trace.layers[layer.layer].reading.normalized
            let scale = checkpoint.scales.inputs[layer.layer]
            let own = transcoder.preActivations(input)
            for position in 0..<tokens.count {
                for feature in 0..<settings.featureCount {
                    var expected = layer.encoderBias.values[feature]
                    for column in 0..<layer.modelWidth {
                        expected +=
                            scale * input[position, column]
                            * layer.encoder.values[feature * layer.modelWidth + column]
                    }
                    #expect(abs(own[position, feature] - expected) < 1e-3 * max(1, abs(expected)))
                }
            }
            if activation == .jumpReLU { #expect(transcoder.activation == .jumpReLU(layer.threshold.array)) }
            if activation == .topK { #expect(transcoder.activation == .topK(4)) }
            for slot in 0..<layer.slotCount {
                let row = (0..<layer.modelWidth).map {
                    layer.decoder.values[(3 * layer.slotCount + slot) * layer.modelWidth + $0]
                        / checkpoint.scales.outputs[layer.layer + slot]
                }
                var written = [Float](repeating: 0, count: layer.modelWidth)
                transcoder.copyDecoderRow(3, outputLayer: layer.layer + slot, into: &written)
                #expect(zip(row, written).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) })
            }
        }
    }

    @Test func `training lowers the error of every layer`() throws {
        var settings = TrainedModel.settings()
        settings.steps = 150
        settings.featureCount = 64
        let report = try train(settings, in: TrainedModel.Folder())
        let (first, last) = try (#require(report.curve.first), #require(report.curve.last))
        for (before, after) in zip(first.normalizedErrors, last.normalizedErrors) { #expect(after < before / 2) }
    }

    @Test func `a text that is too short is refused with what would be enough`() throws {
        let model = try TrainedModel.model()
        var text = TrainingText(tokenizer: model.tokenizer, contextLength: 32)
        text.add("calc: 1+1=")
        let error = #expect(throws: TrainingError.self) {
            try TranscoderTrainer(model, text: text, settings: TrainedModel.settings(), jobs: 1)
        }
        #expect(
            "\(try #require(error))".hasPrefix("the text: expected at least 48 tokens, those of a step, found "))
    }

    @Test func `a learning rate that diverges ends the run with the step and what was kept`() throws {
        var settings = TrainedModel.settings()
        settings.learningRate = 1e4
        settings.steps = 200
        let error = #expect(throws: TrainingError.self) { try train(settings, in: TrainedModel.Folder()) }
        let line = "\(try #require(error))"
        #expect(line.hasPrefix("step ") && line.contains("nothing was saved; a smaller learning rate may help"))
    }

    @Test func `a checkpoint of other settings is refused with both`() throws {
        let folder = try TrainedModel.Folder()
        #expect(throws: TrainingInterrupted.self) { try train(TrainedModel.settings(), in: folder, stopAfter: 2) }
        var other = TrainedModel.settings()
        other.learningRate = 1e-4
        let error = #expect(throws: TrainingError.self) { try train(other, in: folder) }
        let line = "\(try #require(error))"
        #expect(line.contains("is of another run: settings: expected {") && line.contains("\"learningRate\":0.0001"))
    }

    @Test(arguments: 0..<24)
    func `a damaged checkpoint is refused or goes on, and never crashes`(seed: Int) throws {
        let folder = try TrainedModel.Folder()
        #expect(throws: TrainingInterrupted.self) { try train(TrainedModel.settings(), in: folder, stopAfter: 2) }
        let path = URL(fileURLWithPath: folder.path + "/" + TranscoderTrainer.checkpointName)
        var bytes = try Data(contentsOf: path)
        if seed % 4 == 0 {
            bytes = bytes.prefix(bytes.count * seed / 24)
        } else {
            // The header and the state, where structure is.
            for step in 0..<3 { bytes[(seed * 977 + step * 131) % min(bytes.count, 6_000)] ^= UInt8(1 << (seed % 8)) }
        }
        try bytes.write(to: path)
        do {
            _ = try train(TrainedModel.settings(), in: folder)
        } catch {
            #expect(!"\(error)".contains("\n"))
        }
    }

    @Test func `a checkpoint that cannot be written leaves the one before`() throws {
        let folder = try TrainedModel.Folder()
        #expect(throws: TrainingInterrupted.self) { try train(TrainedModel.settings(), in: folder, stopAfter: 3) }
        let before = try folder.bytes(TranscoderTrainer.checkpointName)
        let checkpoint = TrainingCheckpoint(path: folder.path + "/missing/" + TranscoderTrainer.checkpointName)
        let model = try TrainedModel.model()
        let identity = TrainingCheckpoint.Identity(model: "", text: "", settings: TrainedModel.settings())
        let supply = try BatchSupply(
            ActivationSource(model: model, inputHook: .mlpInput, outputHook: .mlpOutput),
            text: TrainedModel.text(model), settings: TrainedModel.settings(), jobs: 1)
        #expect(throws: SafetensorsError.self) {
            try checkpoint.write(
                TrainingState(layers: [], settings: TrainedModel.settings()), supply, identity: identity)
        }
        #expect(try folder.bytes(TranscoderTrainer.checkpointName) == before)
    }
}

/// The last state of a run, read from its checkpoint.
private struct TrainedState {
    let layers: [TranscoderParameters]
    let scales: LayerScales

    init(folder: String, settings: TrainingSettings, model: LanguageModel) throws {
        let text = TrainedModel.text(model)
        let source = ActivationSource(model: model, inputHook: settings.inputHook, outputHook: settings.outputHook)
        let (state, supply) = try TrainingCheckpoint(path: folder + "/" + TranscoderTrainer.checkpointName).read(
            identity: TrainingCheckpoint.Identity(
                model: model.fingerprint, text: text.digest, settings: settings),
            layerCount: model.configuration.layerCount, modelWidth: model.configuration.modelWidth
        ) { scales, position, numbers, origins in
            BatchSupply(
                source, text: text, settings: settings, jobs: 1, scales: scales, position: position,
                numbers: numbers, origins: origins)
        }
        (layers, scales) = (state.layers, supply.scales)
    }
}
