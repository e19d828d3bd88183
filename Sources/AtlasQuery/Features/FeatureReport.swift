import Circuits

/// Everything a dashboard shows of one feature.
public struct FeatureReport: Codable, Sendable, Equatable {
    /// The feature described.
    public let feature: FeatureID
    /// Its name, where it has one.
    public let label: String?
    /// Whether the name was made by a program and not by a person.
    public let labelIsAutomatic: Bool
    /// How many counted tokens the feature is active at.
    public let activeTokens: Int
    /// How many tokens were looked at; zeroed positions are not counted.
    public let countedTokens: Int
    /// How many prompts the feature is active in.
    public let activePrompts: Int
    /// How many prompts were looked at.
    public let countedPrompts: Int
    /// Whether the atlas stores only some of the features active at a token, as it does of neurons, so that counts, mean
    /// and histogram are of stored activations only; `nil` where it stores all.
    public let countsStoredOnly: Bool?
    /// The largest activation.
    public let maximum: Double
    /// The mean activation over active tokens.
    public let mean: Double
    /// Counts of active tokens in 50 bins of equal width over `(0, maximum]`.
    public let histogram: [Int]
    /// The prompts of largest activation, one example a prompt, strongest first.
    public let topExamples: [FeatureExample]
    /// Samples of prompts by their largest activation.
    public let intervals: [FeatureInterval]
    /// What is negative of its activations; `nil` for a feature that has none such. The histogram, the examples and the
    /// intervals above tell of the other side; counts, maximum and mean of all activations.
    public let negative: FeatureNegativeTail?
    /// The tokens whose logits the feature raises most.
    public let promoted: [TokenEffect]
    /// The tokens whose logits the feature lowers most.
    public let suppressed: [TokenEffect]
    /// The tokens whose embeddings excite the feature directly.
    public let excitedBy: [TokenEffect]
    /// The stored sources that hold the largest shares of its input, summed over prompts.
    public let upstream: [Neighbour]
    /// The stored targets of whose input it holds the largest shares, summed over prompts.
    public let downstream: [Neighbour]

    /// Holds a feature's dashboard.
    public init(
        feature: FeatureID, label: String?, labelIsAutomatic: Bool, activeTokens: Int, countedTokens: Int,
        activePrompts: Int, countedPrompts: Int, countsStoredOnly: Bool? = nil, maximum: Double, mean: Double,
        histogram: [Int],
        topExamples: [FeatureExample], intervals: [FeatureInterval], negative: FeatureNegativeTail? = nil,
        promoted: [TokenEffect], suppressed: [TokenEffect], excitedBy: [TokenEffect], upstream: [Neighbour],
        downstream: [Neighbour]
    ) {
        self.feature = feature
        self.label = label
        self.labelIsAutomatic = labelIsAutomatic
        self.activeTokens = activeTokens
        self.countedTokens = countedTokens
        self.activePrompts = activePrompts
        self.countedPrompts = countedPrompts
        self.countsStoredOnly = countsStoredOnly
        self.maximum = maximum
        self.mean = mean
        self.histogram = histogram
        self.topExamples = topExamples
        self.intervals = intervals
        self.negative = negative
        self.promoted = promoted
        self.suppressed = suppressed
        self.excitedBy = excitedBy
        self.upstream = upstream
        self.downstream = downstream
    }
}

/// The negative side of a feature's activations.
public struct FeatureNegativeTail: Codable, Sendable, Equatable {
    /// Its name by rule; a person's name is of the whole feature.
    public let label: String
    /// How many of the active tokens have a negative activation.
    public let activeTokens: Int
    /// In how many prompts such a token is.
    public let activePrompts: Int
    /// The most negative activation.
    public let minimum: Double
    /// Counts of these tokens by size, in 50 bins of equal width over `(0, -minimum]`.
    public let histogram: [Int]
    /// The prompts of most negative activation, one example a prompt, most negative first.
    public let topExamples: [FeatureExample]
    /// Samples of prompts by their most negative activation; bounds are negative, `[upper, lower)` on the number line.
    public let intervals: [FeatureInterval]

    /// Holds the negative side.
    public init(
        label: String, activeTokens: Int, activePrompts: Int, minimum: Double, histogram: [Int],
        topExamples: [FeatureExample], intervals: [FeatureInterval]
    ) {
        self.label = label
        self.activeTokens = activeTokens
        self.activePrompts = activePrompts
        self.minimum = minimum
        self.histogram = histogram
        self.topExamples = topExamples
        self.intervals = intervals
    }
}

/// One prompt a feature is active in.
public struct FeatureExample: Codable, Sendable, Equatable {
    /// The prompt's id in the atlas.
    public let promptID: Int
    /// The position of the feature's largest activation; of a negative side, of its most negative.
    public let position: Int
    /// The activation at `position`.
    public let activation: Double
    /// The text of every token, or of those in a window.
    public let tokens: [String]
    /// The feature's activation at each of `tokens`; 0 where it is inactive.
    public let activations: [Double]
    /// The right continuation, where the corpus knows it.
    public let answer: String?
    /// The position of the first of `tokens`.
    public let firstPosition: Int
    /// Tokens of the whole prompt.
    public let tokenCount: Int

    /// Holds one example, whole unless `firstPosition` and `tokenCount` say otherwise.
    public init(
        promptID: Int, position: Int, activation: Double, tokens: [String], activations: [Double], answer: String?,
        firstPosition: Int = 0, tokenCount: Int? = nil
    ) {
        self.promptID = promptID
        self.position = position
        self.activation = activation
        self.tokens = tokens
        self.activations = activations
        self.answer = answer
        self.firstPosition = firstPosition
        self.tokenCount = tokenCount ?? tokens.count
    }
}

/// A sample of the prompts whose largest activation is in a half-open interval `(lower, upper]`. Of a negative side
/// `upper`, which still belongs to the interval, is the bound further from zero.
public struct FeatureInterval: Codable, Sendable, Equatable {
    /// The lower bound, exclusive.
    public let lower: Double
    /// The upper bound, inclusive.
    public let upper: Double
    /// How many prompts are in the interval, of which `examples` is a sample.
    public let promptCount: Int
    /// The sampled prompts.
    public let examples: [FeatureExample]

    /// Holds one interval.
    public init(lower: Double, upper: Double, promptCount: Int, examples: [FeatureExample]) {
        self.lower = lower
        self.upper = upper
        self.promptCount = promptCount
        self.examples = examples
    }
}

/// A feature's effect on a token, or a token's on a feature.
public struct TokenEffect: Codable, Sendable, Equatable {
    /// The token's id in the vocabulary.
    public let token: Int
    /// The token's text.
    public let text: String
    /// The signed effect.
    public let value: Double

    /// Holds one effect.
    public init(token: Int, text: String, value: Double) {
        self.token = token
        self.text = text
        self.value = value
    }
}

/// A node that is linked to a feature in stored graphs, with what those graphs say about the link.
public struct Neighbour: Codable, Sendable, Equatable {
    /// The node at the other end.
    public let node: NodeName
    /// Its label, where it is a feature that has one.
    public let label: String?
    /// How many stored graphs have the link; 0, as everything below, for one that only weights tell of.
    public let support: Int
    /// The mean signed weight over those graphs.
    public let mean: Double
    /// The standard deviation of the weight.
    public let spread: Double
    /// The mean share of the target's absolute input.
    public let meanShare: Double
    /// |graphs where the weights add up to more than 0 − to less| / `support`, in 0…1; 1: the sign never changes.
    public let signConsistency: Double
    /// The share of the absolute weight on links whose ends are at the same position, in 0…1.
    public let samePositionShare: Double
    /// What weights and co-activations say; `nil` where the model was not asked, and for nodes that are no features.
    public var weights: GlobalWeight?

    /// Holds one neighbour.
    public init(
        node: NodeName, label: String?, support: Int, mean: Double, spread: Double, meanShare: Double,
        signConsistency: Double, samePositionShare: Double, weights: GlobalWeight? = nil
    ) {
        self.node = node
        self.label = label
        self.support = support
        self.mean = mean
        self.spread = spread
        self.meanShare = meanShare
        self.signConsistency = signConsistency
        self.samePositionShare = samePositionShare
        self.weights = weights
    }
}

/// Names a node independently of prompts and positions.
public struct NodeName: Codable, Sendable, Hashable {
    /// `feature`, `error`, `token` or `logit`.
    public let kind: String
    /// The feature, of kind `feature`.
    public let feature: FeatureID?
    /// The layer, of kind `error`.
    public let layer: Int?
    /// The token's id, of kinds `token` and `logit`.
    public let token: Int?
    /// The token's text, of kinds `token` and `logit`.
    public let text: String?

    /// Names a node of `kind`.
    public init(kind: String, feature: FeatureID? = nil, layer: Int? = nil, token: Int? = nil, text: String? = nil) {
        self.kind = kind
        self.feature = feature
        self.layer = layer
        self.token = token
        self.text = text
    }
}
