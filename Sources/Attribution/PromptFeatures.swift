import Circuits
import Tensors

/// The features of one prompt that are its graph's sources, in lexicographic order, one entry of each list a feature.
struct PromptFeatures: Sendable {
    /// Which, and how active.
    var active: [ActiveFeature] = []
    /// What the inputs of each sum to.
    var values: [Float] = []
    /// What the decoder of each is multiplied by: its activation less what it is measured from.
    var contributions: [Float] = []
}

extension PromptFeatures {
    /// Every feature that is active over a run.
    ///
    /// - Parameter jobs: layers at once; each takes a number for every position and feature
    init(_ basis: FeatureBasis, frozen: FrozenPrompt, jobs: Int, _ costs: PhaseCosts) throws {
        let layers = try mapInParallel(count: basis.layers.count, jobs: jobs) { layer in
            try costs.measure(.encoders) {
                let own = try basis.layers[layer].values(frozen.trace.layers[layer].reading)
                let features = basis.layers[layer].activeFeatures(own, firstPosition: frozen.firstCountedPosition)
                basis.releaseEncoderPages(ofLayer: layer)
                return (features: features, values: features.map { own[$0.position, $0.index] })
            }
        }
        active.reserveCapacity(layers.reduce(0) { $0 + $1.features.count })
        for layer in layers {
            active += layer.features
            values += layer.values
        }
        contributions = active.map(\.activation)
    }
}
