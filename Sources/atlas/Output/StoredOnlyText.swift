import AtlasQuery
import AtlasStore

/// What "active" means in an atlas of neurons, below an answer that counts where features are active.
struct StoredOnlyText {
    private let reader: AtlasReader

    init(_ reader: AtlasReader) { self.reader = reader }

    /// Empty where the atlas stores everything that is active.
    var lines: [String] {
        reader.atlas.identity.neuronSettings == nil
            ? []
            : [
                "Stored activations only: of each token the atlas has the nodes of its graph and the strongest few neurons;",
                "a neuron that is not told to be active may be so.",
            ]
    }
}
