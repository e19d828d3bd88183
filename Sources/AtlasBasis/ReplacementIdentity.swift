import AtlasStore
import Attribution
import Foundation

extension AtlasIdentity {
    /// What tells one replacement model from another, and the texts of its tokens.
    public init(_ attributor: Attributor) {
        let model = attributor.model
        let basis = attributor.basis
        self.init(
            modelName: model.name, modelFingerprint: model.fingerprint, transcoderName: basis.name,
            transcoderFingerprint: basis.fingerprint,
            transcoderKind: basis.transcoders?.kind == .crossLayer ? .crossLayer : .perLayer,
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

extension NeuronOptions {
    /// As an atlas keeps them: a JSON object with sorted names.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("options hold numbers that are not finite")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The options that an atlas was made with; `nil` for one of transcoders.
    public init?(_ identity: AtlasIdentity) {
        guard let settings = identity.neuronSettings,
            let options = try? JSONDecoder().decode(NeuronOptions.self, from: Data(settings.utf8))
        else { return nil }
        self = options
    }
}
