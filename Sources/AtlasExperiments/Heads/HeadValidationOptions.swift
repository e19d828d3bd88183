import AtlasQuery

/// How the reasons for where heads look are tested.
public struct HeadValidationOptions: Sendable, Equatable {
    /// Where the heads look from, counted from a prompt's end: 0 for the last position.
    public var tokensBeforeEnd = 0
    /// The least share of a query's attention at which a key counts as looked at, in 0…1.
    public var leastWeight = 0.1
    /// Pairs of sources that are taken out of each score, at most.
    public var pairs = 20
    /// Prompts at most; above it a seeded choice is made.
    public var promptLimit = 200
    /// Seeds that choice, and what is drawn at random.
    public var seed: UInt64 = 0
    /// Threads.
    public var jobs = 1

    /// The defaults: what is looked at from the last position with a tenth of the attention or more.
    public init() {}
}
