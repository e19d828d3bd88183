import AtlasStore
import Attribution
import Circuits
import LanguageModels

extension Attributor {
    /// A model with its neurons for features, measured as an atlas has them; an atlas of transcoders will refuse it.
    public init(modelFolder: String, neuronsOf atlas: AtlasIdentity) throws {
        try self.init(model: LanguageModel(folder: modelFolder), neurons: NeuronOptions(atlas) ?? NeuronOptions())
    }
}
