import Circuits
import Tensors

/// What a run is between two steps, beside the batches to come; a checkpoint holds both.
struct TrainingState: Sendable {
    /// Steps done.
    var step = 0
    /// The transcoders, in order of layer.
    var layers: [TranscoderParameters]
    /// The weight of the penalty.
    var sparsity: SparsityControl
    /// How long features have been silent.
    var use: FeatureUse
    /// Of each layer, with BatchTopK: the running mean of the smallest activation that was kept; empty before the first.
    var leastKept: [Double] = []
    /// Decides at which tokens features are revived.
    var numbers: SeededNumbers
    /// The curve.
    var curve = CurveRecorder()
    /// Features revived so far.
    var revivedFeatures = 0
    /// Seconds spent in steps.
    var seconds = 0.0
    /// The loss of the first step, by which one that diverges is told.
    var firstLoss: Double?

    /// Apart from the streams of the layers' initial weights and of the passes over the text.
    private static let revivalStream: UInt64 = 1 << 40

    /// Before the first step.
    init(layers: [TranscoderParameters], settings: TrainingSettings) {
        self.layers = layers
        sparsity = SparsityControl(settings)
        use = FeatureUse(layerCount: layers.count, featureCount: settings.featureCount)
        numbers = SeededNumbers(seed: settings.seed, stream: Self.revivalStream)
    }
}
