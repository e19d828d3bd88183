import AtlasStore
import Attribution

extension AtlasIdentity {
    /// What tells one replacement model from another, and the texts of its tokens.
    public init(_ attributor: Attributor) {
        let model = attributor.model
        let basis = attributor.basis
        self.init(
            modelName: model.name, modelFingerprint: model.fingerprint, transcoderName: basis.name,
            transcoderFingerprint: basis.fingerprint,
            transcoderKind: basis.transcoders?.kind ?? .perLayer,
            layerCount: model.configuration.layerCount,
            featuresPerLayer: basis.layers.map(\.featureCount).max() ?? 0,
            modelWidth: model.configuration.modelWidth,
            vocabulary: (0..<model.configuration.vocabularySize).map { token in
                token < model.tokenizer.vocabularySize ? model.tokenizer.text(of: token) : "<unused \(token)>"
            })
        neuronSettings = basis.neurons?.options.json
        formerFingerprints = FormerFingerprints(
            model: model.formerFingerprints, transcoders: basis.formerFingerprints)
    }
}
