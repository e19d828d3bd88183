import Circuits

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
    init(_ basis: FeatureBasis, frozen: FrozenPrompt) throws {
        for (layer, trace) in zip(basis.layers.indices, frozen.trace.layers) {
            let own = try basis.layers[layer].values(trace.reading)
            let features = basis.layers[layer].activeFeatures(own, firstPosition: frozen.firstCountedPosition)
            active += features
            values += features.map { own[$0.position, $0.index] }
            basis.releaseEncoderPages(ofLayer: layer)
        }
        contributions = active.map(\.activation)
    }
}
