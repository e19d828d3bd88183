import AtlasStore
import Attribution

extension AtlasIdentity {
    /// What tells one replacement model from another, and the texts of its tokens.
    public init(_ attributor: Attributor) {
        let model = attributor.model
        let transcoders = attributor.transcoders
        self.init(
            modelName: model.name, modelFingerprint: model.fingerprint, transcoderName: transcoders.name,
            transcoderFingerprint: transcoders.fingerprint,
            transcoderKind: transcoders.kind == .perLayer ? .perLayer : .crossLayer,
            layerCount: model.configuration.layerCount,
            featuresPerLayer: transcoders.layers.map(\.featureCount).max() ?? 0,
            modelWidth: model.configuration.modelWidth,
            vocabulary: (0..<model.configuration.vocabularySize).map { token in
                token < model.tokenizer.vocabularySize ? model.tokenizer.text(of: token) : "<unused \(token)>"
            })
        formerFingerprints = FormerFingerprints(
            model: model.formerFingerprint, transcoders: transcoders.formerFingerprint)
    }
}
