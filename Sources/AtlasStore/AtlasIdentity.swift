import Circuits

/// The one replacement model that an atlas is about: a language model, a transcoder set, and the tokenizer's vocabulary.
public struct AtlasIdentity: Equatable, Sendable {
    /// The language model's name, as people say it.
    public var modelName: String
    /// Digest of what the language model computes with.
    public var modelFingerprint: String
    /// The transcoder set's name.
    public var transcoderName: String
    /// Digest of what the transcoder set computes with.
    public var transcoderFingerprint: String
    /// What atlases of earlier programs call the same model and transcoders; never stored.
    public var formerFingerprints = FormerFingerprints()
    /// What a feature's decoder writes to.
    public var transcoderKind: TranscoderKind
    /// How neurons become features, as a JSON object with sorted names; `nil` where features are transcoders'.
    public var neuronSettings: String?
    /// Layers with a transcoder, at most 65,536.
    public var layerCount: Int
    /// Rows of each layer's encoder, at most 2^24.
    public var featuresPerLayer: Int
    /// Width of the residual stream.
    public var modelWidth: Int
    /// What each token id decodes to alone, by id.
    public var vocabulary: [String]

    /// Describes a replacement model.
    public init(
        modelName: String, modelFingerprint: String, transcoderName: String, transcoderFingerprint: String,
        transcoderKind: TranscoderKind, layerCount: Int, featuresPerLayer: Int, modelWidth: Int, vocabulary: [String]
    ) {
        self.modelName = modelName
        self.modelFingerprint = modelFingerprint
        self.transcoderName = transcoderName
        self.transcoderFingerprint = transcoderFingerprint
        self.transcoderKind = transcoderKind
        self.layerCount = layerCount
        self.featuresPerLayer = featuresPerLayer
        self.modelWidth = modelWidth
        self.vocabulary = vocabulary
    }

    /// The fingerprints of a model and its transcoders in the forms before this one, which read samples of the weights: an
    /// atlas that has one of them may be about these weights, and no more can be known of it.
    public struct FormerFingerprints: Equatable, Sendable {
        /// The language model's.
        public var model: [String]
        /// The transcoder set's.
        public var transcoders: [String]

        /// Holds both.
        public init(model: [String] = [], transcoders: [String] = []) {
            self.model = model
            self.transcoders = transcoders
        }
    }

    /// How many features the transcoder set has.
    public var featureCount: Int { layerCount * featuresPerLayer }

    /// Whether the transcoder set has this feature.
    public func contains(_ feature: FeatureID) -> Bool {
        0..<layerCount ~= feature.layer && 0..<featuresPerLayer ~= feature.index
    }

    /// The number of a feature; `nil` for one that the transcoders do not have.
    func number(of feature: FeatureID) -> Int? {
        guard 0..<layerCount ~= feature.layer, 0..<featuresPerLayer ~= feature.index else { return nil }
        return feature.layer * featuresPerLayer + feature.index
    }

    /// The feature with a number below ``featureCount``: layers one behind the other.
    func feature(numbered number: Int) -> FeatureID {
        FeatureID(layer: number / featuresPerLayer, index: number % featuresPerLayer)
    }

    /// Throws unless `other` names the same weights; names may differ, fingerprints may not.
    func requireSame(as other: AtlasIdentity, path: String) throws(AtlasError) {
        let pairs: [(String, String, String)] = [
            (
                "model fingerprint", other.modelFingerprint,
                other.formerFingerprints.model.contains(modelFingerprint) ? other.modelFingerprint : modelFingerprint
            ),
            (
                "transcoder fingerprint", other.transcoderFingerprint,
                other.formerFingerprints.transcoders.contains(transcoderFingerprint)
                    ? other.transcoderFingerprint : transcoderFingerprint
            ),
            ("transcoder kind", other.transcoderKind.rawValue, transcoderKind.rawValue),
            ("layers", "\(other.layerCount)", "\(layerCount)"),
            ("features a layer", "\(other.featuresPerLayer)", "\(featuresPerLayer)"),
            ("vocabulary size", "\(other.vocabulary.count)", "\(vocabulary.count)"),
        ]
        for (part, expected, found) in pairs where expected != found {
            throw .otherReplacementModel(path: path, part: part, expected: expected, found: found)
        }
    }
}
