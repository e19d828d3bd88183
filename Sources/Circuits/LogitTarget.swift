/// A token whose logit a graph explains.
public struct LogitTarget: Hashable, Sendable {
    /// The token's id in the vocabulary.
    public let token: Int
    /// The underlying model's probability for it, in 0…1.
    public let probability: Float
    /// The prompt position whose next token it is.
    public let position: Int

    /// Describes the next token `token` after `position`.
    public init(token: Int, probability: Float, position: Int) {
        self.token = token
        self.probability = probability
        self.position = position
    }
}
