import Foundation
import Safetensors
import Tensors
import Testing

@testable import TranscoderTraining

/// One file of `Golden`: layers, a batch, and what PyTorch makes of them.
struct GoldenGradients {
    static let names = ["clt-jumprelu", "plt-skip-jumprelu", "plt-topk", "clt-batchtopk"]
    private static let tokenCount = 10
    private static let kept = 3

    let layers: [TranscoderParameters]
    let batch: TrainingBatch
    let selection: FeatureSelection
    let penalty: SparsityPenalty
    private let file: SafetensorsFile

    init(_ name: String) throws {
        let path = try #require(
            Bundle.module.url(forResource: name, withExtension: "safetensors", subdirectory: "Golden")
        ).path
        let file = try SafetensorsFile(path: path)
        self.file = file
        func numbers(_ key: String) throws -> [Float] {
            guard let tensor = file.tensors[key] else { return [] }
            return try file.matrix(key, shape: tensor.shape).matrix().values
        }
        let width = 8
        layers = try (0..<3).map { layer in
            let decoder = try numbers("\(layer).decoder")
            let bias = try numbers("\(layer).encoderBias")
            return TranscoderParameters(
                layer: layer, featureCount: bias.count, modelWidth: width,
                slotCount: decoder.count / bias.count / width,
                encoder: ParameterArray(try numbers("\(layer).encoder")), encoderBias: ParameterArray(bias),
                threshold: ParameterArray(try numbers("\(layer).threshold")), decoder: ParameterArray(decoder),
                decoderBias: ParameterArray(try numbers("\(layer).decoderBias")),
                skip: ParameterArray(try numbers("\(layer).skip")))
        }
        batch = TrainingBatch(tokenCount: Self.tokenCount, layerCount: 3, modelWidth: width)
        for (index, value) in try numbers("inputs").enumerated() { batch.inputs.base[index] = value }
        for (index, value) in try numbers("targets").enumerated() { batch.targets.base[index] = value }
        selection =
            switch name {
            case "plt-topk": .topK(Self.kept)
            case "clt-batchtopk": .batchTopK(Double(Self.kept))
            default: .jumpReLU(bandwidth: 0.5)
            }
        penalty = SparsityPenalty(
            weight: layers[0].hasThresholds ? 0.01 : 0, steepness: 4, modelWidth: width)
    }

    func gradients(jobs: Int) -> TranscoderGradients {
        TranscoderGradients(layers: layers, selection: selection, penalty: penalty, silencePenalty: 0, jobs: jobs)
    }

    /// PyTorch's gradient of an array.
    func expected(_ layer: Int, _ name: String) throws -> [Float] {
        let key = "\(layer).\(name).gradient"
        return try file.matrix(key, shape: try file.tensor(key).shape).matrix().values
    }

    func expectedLoss() throws -> Float { try file.vector("loss", count: 1)[0] }

    /// As many silent flags as there are features.
    var nothingSilent: [[Bool]] { layers.map { [Bool](repeating: false, count: $0.featureCount) } }
}
