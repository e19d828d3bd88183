/// Something added to one score of attention, before any soft-cap and the softmax.
public struct ScoreChange: Sendable, Hashable {
    /// The head's layer.
    public let layer: Int
    /// The head, from 0.
    public let head: Int
    /// The position that looks.
    public let query: Int
    /// The position that is looked at; inside the head's window, at or before the query.
    public let key: Int
    /// What is added.
    public let amount: Float

    /// Adds `amount` to the score of one head, query and key.
    public init(layer: Int, head: Int, query: Int, key: Int, amount: Float) {
        self.layer = layer
        self.head = head
        self.query = query
        self.key = key
        self.amount = amount
    }
}
