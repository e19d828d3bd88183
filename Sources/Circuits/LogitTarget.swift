/// What one of a graph's target nodes stands for: a token whose logit is explained, or a target of another kind.
public struct LogitTarget: Hashable, Sendable {
    /// The token's id in the vocabulary; for a custom target the vocabulary's size plus its place in the graph's list,
    /// as the field's reference numbers what is no token.
    public let token: Int
    /// The underlying model's probability for it, in 0…1; for a custom target the weight that stands in for one.
    public let probability: Float
    /// The prompt position whose next token it is, or where a custom target is read.
    public let position: Int
    /// What is explained where that is no single token.
    public let custom: AttributionTarget?

    /// Describes the next token `token` after `position`.
    public init(token: Int, probability: Float, position: Int) {
        self.token = token
        self.probability = probability
        self.position = position
        custom = nil
    }

    /// Describes a target that is no single token.
    ///
    /// - Parameter virtualToken: the vocabulary's size plus the target's place in the graph's list
    public init(_ custom: AttributionTarget, virtualToken: Int, weight: Float, position: Int) {
        if case .token = custom { preconditionFailure("a single token is no custom target") }
        token = virtualToken
        probability = weight
        self.position = position
        self.custom = custom
    }

    /// What is explained.
    public var target: AttributionTarget { custom ?? .token(id: token) }

    /// What people read: a token's text, or the description of a custom target.
    public func name(tokenText: (Int) -> String) -> String { target.name(tokenText: tokenText) }
}
