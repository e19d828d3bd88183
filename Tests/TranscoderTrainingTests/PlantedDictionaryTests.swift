import Circuits
import Foundation
import Tensors
import Testing

@testable import TranscoderTraining

/// A layer that is known: each input is a sum of a few of so many directions, each output the sum of their partners.
private struct PlantedDictionary {
    static let width = 64
    static let count = 96
    /// Directions of an input, on average.
    static let active = 4.0

    let read: [[Float]]
    let written: [[Float]]

    init(_ numbers: inout SeededNumbers) {
        func directions() -> [[Float]] {
            (0..<Self.count).map { _ in
                let direction = (0..<Self.width).map { _ in numbers.normal() }
                let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return direction.map { $0 / norm }
            }
        }
        (read, written) = (directions(), directions())
    }

    /// Fills a batch; mean squared norms come out near the width.
    func fill(_ batch: TrainingBatch, _ numbers: inout SeededNumbers) {
        let scale = (Float(Self.width) / Float(Self.active)).squareRoot()
        batch.inputs.base.update(repeating: 0, count: batch.inputs.count)
        batch.targets.base.update(repeating: 0, count: batch.targets.count)
        for token in 0..<batch.tokenCount {
            for feature in 0..<Self.count where numbers.share() < Self.active / Double(Self.count) {
                let strength = scale * Float(0.6 + 0.8 * numbers.share())
                addScaled(strength, read[feature], to: batch.inputs(ofLayer: 0) + token * Self.width, count: Self.width)
                addScaled(strength, written[feature], to: batch.targets(atToken: token), count: Self.width)
            }
        }
    }
}

struct PlantedDictionaryTests {
    @Test(arguments: TrainingSettings.Activation.allCases)
    func `planted features are found`(activation: TrainingSettings.Activation) throws {
        var numbers = SeededNumbers(seed: 3)
        let planted = PlantedDictionary(&numbers)
        var settings = TrainingSettings()
        settings.architecture = .perLayer
        settings.activation = activation
        settings.featureCount = 128
        settings.activeFeatures = PlantedDictionary.active
        settings.steps = 3_000
        settings.batchTokens = 256
        settings.learningRate = 3e-3
        settings.deadAfterTokens = 20_000
        settings.revivalInterval = 100
        let batch = TrainingBatch(tokenCount: settings.batchTokens, layerCount: 1, modelWidth: PlantedDictionary.width)
        planted.fill(batch, &numbers)
        var state = TrainingState(
            layers: TranscoderInitialization(settings: settings, calibration: batch).layers(), settings: settings)
        let step = TrainingStep(settings: settings, jobs: 2)
        let scales = LayerScales(inputs: [1], outputs: [1], outputVariances: [Double(PlantedDictionary.width)])
        for _ in 0..<settings.steps {
            planted.fill(batch, &numbers)
            try step.take(&state, batch: batch, scales: scales)
        }
        let found = planted.written.map { direction in best(direction, in: state.layers[0]) }
        let close = found.count { $0 > 0.95 }
        #expect(Double(close) >= 0.95 * Double(found.count), "\(close) of \(found.count)")
    }

    /// The largest cosine of a direction with what a feature writes.
    private func best(_ direction: [Float], in layer: TranscoderParameters) -> Float {
        (0..<layer.featureCount).map { feature in
            let row = layer.decoder.values + feature * layer.modelWidth
            return dot(direction, row, count: layer.modelWidth) / max(1e-9, layer.writtenNorm(feature))
        }.max() ?? 0
    }
}
