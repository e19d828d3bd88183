/// Where a head looks in one prompt: means over the positions after the first.
public struct HeadPattern: Sendable, Equatable {
    /// The share of attention that goes to the position before, in 0…1.
    public var previous: Float
    /// The share that goes to earlier positions with the query's own token.
    public var same: Float
    /// The share that goes to the prompt's first position.
    public var first: Float
    /// How many positions back it looks in the mean.
    public var distance: Float
    /// The entropy of the attention over the keys, in nats.
    public var entropy: Float

    /// A head that looks at nothing but its own position.
    public static let none = HeadPattern(previous: 0, same: 0, first: 0, distance: 0, entropy: 0)

    /// Describes where a head looks.
    public init(previous: Float, same: Float, first: Float, distance: Float, entropy: Float) {
        self.previous = previous
        self.same = same
        self.first = first
        self.distance = distance
        self.entropy = entropy
    }
}
