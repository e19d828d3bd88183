import Circuits
import Dispatch
import Tensors

/// How fast steps are on random numbers of a given shape, and how many operations they count: for measurements.
public struct TrainingSpeed: Sendable {
    /// Seconds of one step, on average.
    public let secondsPerStep: Double
    /// Features that fired at a token of a layer.
    public let activeFeatures: Double
    /// Entries for which a gradient was found: those that fire and, with JumpReLU, those near their thresholds.
    public let entries: Double
    /// Multiplications and additions of the dense products of one step.
    public let denseOperations: Double
    /// Those of the sparse products.
    public let sparseOperations: Double
    /// Parameters.
    public let parameterCount: Int

    /// Takes steps on batches of normally distributed numbers, after one that is not counted.
    ///
    /// - Throws: `TrainingError` for settings that cannot be trained
    public init(_ settings: TrainingSettings, layerCount: Int, modelWidth: Int, steps: Int, jobs: Int) throws {
        if let fault = settings.fault { throw TrainingError(fault) }
        var numbers = SeededNumbers(seed: settings.seed)
        let batch = TrainingBatch(tokenCount: settings.batchTokens, layerCount: layerCount, modelWidth: modelWidth)
        for buffer in [batch.inputs, batch.targets] {
            for index in 0..<buffer.count { buffer.base[index] = numbers.normal() }
        }
        let layers = TranscoderInitialization(settings: settings, calibration: batch).layers()
        let scales = LayerScales(
            inputs: [Float](repeating: 1, count: layerCount), outputs: [Float](repeating: 1, count: layerCount),
            outputVariances: [Double](repeating: Double(modelWidth), count: layerCount))
        var state = TrainingState(layers: layers, settings: settings)
        let step = TrainingStep(settings: settings, jobs: jobs)
        try step.take(&state, batch: batch, scales: scales)
        let began = DispatchTime.now()
        for _ in 0..<steps { try step.take(&state, batch: batch, scales: scales) }
        secondsPerStep = began.secondsPassed / Double(steps)
        let (tokens, width) = (Double(settings.batchTokens), Double(modelWidth))
        let selection = FeatureSelection(settings)
        var (firing, near, dense, sparse) = (0.0, 0.0, 0.0, 0.0)
        for layer in layers {
            let found = selection.active(
                layer, inputs: batch.inputs(ofLayer: layer.layer), tokenCount: batch.tokenCount)
            let (fires, entries) = (Double(found.firingCount), Double(found.features.count))
            dense += 2 * tokens * Double(layer.featureCount) * width + (layer.hasSkip ? 4 * tokens * width * width : 0)
            // Reconstruction and decoder gradient where a feature fires, its own gradient at every entry.
            sparse += 2 * Double(layer.decoderRowCount) * (2 * fires + entries) + 2 * width * fires
            firing += fires
            near += entries
        }
        let places = tokens * Double(layerCount)
        (activeFeatures, entries) = (firing / places, near / places)
        (denseOperations, sparseOperations) = (dense, sparse)
        parameterCount = layers.reduce(0) { sum, layer in sum + layer.arrays.reduce(0) { $0 + $1.array.count } }
    }
}
