import Texts
import Transcoders

/// Everything that decides what a training run gives, beside the model and the text.
///
/// A run with the same settings, model and text gives the same weights to the last bit on the same kind of machine.
public struct TrainingSettings: Codable, Sendable, Equatable {
    /// What features write to.
    public enum Architecture: String, Codable, Sendable, CaseIterable {
        /// The layer that they read.
        case perLayer = "plt"
        /// The layer that they read, beside a linear map of its input.
        case perLayerWithSkip = "plt-skip"
        /// Their own layer and every later one.
        case crossLayer = "clt"
    }

    /// When a feature fires.
    public enum Activation: String, Codable, Sendable, CaseIterable {
        /// Above a threshold of its own, which is trained (Rajamanoharan et al. 2024).
        case jumpReLU = "jumprelu"
        /// When it is among the strongest of its token and layer (Gao et al. 2024).
        case topK = "topk"
        /// When it is among the strongest of its layer in a batch of tokens; afterwards above a common threshold
        /// (Bussmann et al. 2024).
        case batchTopK = "batchtopk"
    }

    /// What features write to.
    public var architecture = Architecture.crossLayer
    /// When a feature fires.
    public var activation = Activation.jumpReLU
    /// Features a layer.
    public var featureCount = 512
    /// Features that are to fire at a token of a layer, on average: what the penalty is steered to, or how many are kept.
    public var activeFeatures = 16.0
    /// The penalty of a feature that fires, as a share of a layer's mean squared output; steered to ``activeFeatures``
    /// where there is none. JumpReLU only.
    public var sparsity: Double?
    /// Training steps.
    public var steps = 5_000
    /// Tokens a step.
    public var batchTokens = 1_024
    /// Adam's learning rate after the warm-up.
    public var learningRate = 1e-3
    /// Decides every random number.
    public var seed: UInt64 = 0
    /// Tokens of a piece of text that the model reads at once, the first token among them.
    public var contextLength = 128
    /// Tokens whose activations wait in memory to be drawn in random order.
    public var bufferTokens = 16_384
    /// What encoders read.
    public var inputHook = InputHook.mlpInput
    /// What decoders write.
    public var outputHook = OutputHook.mlpOutput
    /// How far from its threshold a pre-activation still moves it.
    public var bandwidth = 0.5
    /// How steeply the penalty sets in: one over the size of a contribution that counts as firing, as a share of a
    /// layer's mean output.
    public var steepness = 40.0
    /// How strongly features that have long been silent are pulled towards firing.
    public var silencePenalty = 1e-3
    /// Tokens without firing after which a feature counts as dead.
    public var deadAfterTokens = 200_000
    /// Steps between two revivals of dead features; 0 for none.
    public var revivalInterval = 250
    /// The largest norm of all gradients together that is not scaled down.
    public var gradientLimit = 1.0
    /// The share of steps over which the learning rate rises.
    public var warmUpShare = 0.01
    /// The share of steps at the end over which the learning rate falls to zero.
    public var decayShare = 0.2
    /// The share of steps over which the penalty rises, or the number of active features falls to what it is to be.
    public var rampShare = 0.5

    /// The settings that are sensible for a small model.
    public init() {}

    /// What cannot be trained, as one line; nil where all is well.
    public var fault: String? {
        let positive: [(String, Double)] = [
            ("features", Double(featureCount)), ("active features", activeFeatures), ("steps", Double(steps)),
            ("tokens a step", Double(batchTokens)), ("learning rate", learningRate), ("bandwidth", bandwidth),
            ("steepness", steepness), ("gradient limit", gradientLimit), ("dead-after tokens", Double(deadAfterTokens)),
        ]
        for (name, value) in positive where !(value > 0 && value.isFinite) {
            return "\(name): expected a number above 0, found \(value)"
        }
        let limits = [
            ("features", featureCount, 1 << 24), ("steps", steps, 1_000_000_000),
            ("tokens a step", batchTokens, 1 << 20),
            ("buffer", bufferTokens, 1 << 24), ("dead-after tokens", deadAfterTokens, 1 << 40),
        ]
        for (name, value, limit) in limits where value > limit {
            return "\(name): expected at most \(limit), found \(value)"
        }
        let shares = [("warm-up", warmUpShare), ("decay", decayShare), ("ramp", rampShare)]
        for (name, value) in shares where !(0...1).contains(value) {
            return "\(name): expected a share of the steps from 0 to 1, found \(value)"
        }
        if let sparsity, !(sparsity >= 0 && sparsity.isFinite) {
            return "sparsity: expected 0 or more, found \(sparsity)"
        }
        if sparsity != nil, activation != .jumpReLU {
            return "sparsity: expected none beside \(activation.rawValue), which keeps a number of features, found one"
        }
        guard silencePenalty >= 0, silencePenalty.isFinite else {
            return "silence penalty: expected 0 or more, found \(silencePenalty)"
        }
        guard activeFeatures <= Double(featureCount) else {
            return "active features: expected at most the \(featureCount) features of a layer, found \(activeFeatures)"
        }
        guard activation != .topK || activeFeatures == activeFeatures.rounded() else {
            return "active features: expected a whole number beside topk, found \(activeFeatures)"
        }
        guard contextLength >= 2 else { return "context: expected at least 2 tokens, found \(contextLength)" }
        guard bufferTokens >= batchTokens else {
            return "buffer: expected at least the \(batchTokens) tokens of a step, found \(bufferTokens)"
        }
        guard revivalInterval >= 0 else { return "revival interval: expected 0 or more, found \(revivalInterval)" }
        return nil
    }
}

extension TrainingSettings {
    /// Settings by name; those that are left out are the defaults, and other names are refused.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: AnyName.self)
        for key in values.allKeys {
            guard let field = CodingKeys(stringValue: key.stringValue) else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(
                        codingPath: values.codingPath,
                        debugDescription: "no setting is called \(key.stringValue.quotedInOneLine)"))
            }
            func read<Value: Decodable>(_ place: WritableKeyPath<Self, Value>) throws {
                self[keyPath: place] = try values.decode(Value.self, forKey: key)
            }
            func choose<Choice: RawRepresentable & CaseIterable>(_ place: WritableKeyPath<Self, Choice>) throws
            where Choice.RawValue == String {
                let name = try values.decode(String.self, forKey: key)
                guard let choice = Choice(rawValue: name) else {
                    let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                    throw DecodingError.dataCorrupted(
                        DecodingError.Context(
                            codingPath: values.codingPath + [key],
                            debugDescription: "expected \(choices), found \(name.quotedInOneLine)"))
                }
                self[keyPath: place] = choice
            }
            switch field {
            case .architecture: try choose(\.architecture)
            case .activation: try choose(\.activation)
            case .featureCount: try read(\.featureCount)
            case .activeFeatures: try read(\.activeFeatures)
            case .sparsity: try read(\.sparsity)
            case .steps: try read(\.steps)
            case .batchTokens: try read(\.batchTokens)
            case .learningRate: try read(\.learningRate)
            case .seed: try read(\.seed)
            case .contextLength: try read(\.contextLength)
            case .bufferTokens: try read(\.bufferTokens)
            case .inputHook: try choose(\.inputHook)
            case .outputHook: try choose(\.outputHook)
            case .bandwidth: try read(\.bandwidth)
            case .steepness: try read(\.steepness)
            case .silencePenalty: try read(\.silencePenalty)
            case .deadAfterTokens: try read(\.deadAfterTokens)
            case .revivalInterval: try read(\.revivalInterval)
            case .gradientLimit: try read(\.gradientLimit)
            case .warmUpShare: try read(\.warmUpShare)
            case .decayShare: try read(\.decayShare)
            case .rampShare: try read(\.rampShare)
            }
        }
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension InputHook: Codable {}
extension OutputHook: Codable {}
