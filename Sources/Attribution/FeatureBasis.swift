import LanguageModels
import Transcoders

/// What a model's MLPs are explained by: the features of trained transcoders, or the MLPs' own neurons.
public struct FeatureBasis: Sendable {
    /// Which features.
    public enum Kind: Sendable {
        /// Those of transcoders.
        case transcoders(TranscoderSet)
        /// The neurons of the model itself.
        case neurons(NeuronBasis)
    }

    /// Which features.
    public let kind: Kind
    /// In order of layer.
    public let layers: [any FeatureLayer]

    /// The features of transcoders.
    init(_ transcoders: TranscoderSet) {
        kind = .transcoders(transcoders)
        layers = transcoders.layers.map { TranscoderLayer(transcoder: $0, hook: transcoders.inputHook) }
    }

    /// The neurons of `model`.
    init(_ neurons: NeuronBasis, of model: LanguageModel) {
        kind = .neurons(neurons)
        layers = model.blocks.enumerated().map {
            NeuronLayer(layer: $0, mlp: $1.mlp, baseline: neurons.baseline ?? .zero)
        }
    }

    /// The transcoders, where features are theirs.
    public var transcoders: TranscoderSet? { if case .transcoders(let set) = kind { set } else { nil } }

    /// The neurons' settings, where features are neurons.
    public var neurons: NeuronBasis? { if case .neurons(let basis) = kind { basis } else { nil } }

    /// The transcoders' name, or `neurons`.
    public var name: String { transcoders?.name ?? NeuronBasis.name }

    /// What tells one basis of a model from another: the transcoders' fingerprint, or the neurons' settings.
    public var fingerprint: String {
        switch kind {
        case .transcoders(let set): set.fingerprint
        case .neurons(let basis): basis.settings
        }
    }

    /// What atlases made before version 0.2 call the same transcoders.
    public var formerFingerprints: [String] { transcoders?.formerFingerprints ?? [] }

    /// What the encoders read: neurons, what their MLP reads.
    public var inputHook: InputHook { transcoders?.inputHook ?? .mlpInput }

    /// What the decoders write: neurons, their MLP's own output.
    public var outputHook: OutputHook { transcoders?.outputHook ?? .mlpOutput }

    /// The layers whose features write to `layer`.
    func layersWriting(to layer: Int) -> Range<Int> {
        transcoders?.layersWriting(to: layer) ?? layer..<layer + 1
    }

    /// A linear map beside the features of `layer`, from the input hook to the output hook, where there is one.
    func skip(ofLayer layer: Int) -> WeightMatrix? { transcoders?.layers[layer].skip }

    /// The first position whose features can be set, `firstCounted` being the first that counts in graphs.
    ///
    /// A transcoder is not trained on the positions before that one, so that its features are off there. Neurons are
    /// what the model computes with everywhere.
    func firstSettablePosition(_ firstCounted: Int) -> Int { transcoders == nil ? 0 : firstCounted }

    /// Says that a prompt has used the encoders of `layer` up.
    func releaseEncoderPages(ofLayer layer: Int) { transcoders?.releaseEncoderPages(ofLayer: layer) }

    /// Says that a prompt's decoder rows of `layer` have been copied.
    func releaseDecoderPages(ofLayer layer: Int) { transcoders?.releaseDecoderPages(ofLayer: layer) }
}
