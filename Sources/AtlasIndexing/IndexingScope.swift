/// Which part of a corpus is indexed, and how far.
public struct IndexingScope: Sendable, Equatable {
    /// The part; the whole corpus unless given.
    ///
    /// A shard's atlas that is not there yet is filled out of sight and appears under its name when it is whole, so that a
    /// task that is killed and started anew, or twice at once, leaves one whole file; of two the first stays.
    public var shard: CorpusShard?
    /// Whether what is derived from the facts is derived too.
    public var derives: Bool

    /// All of it.
    public init(shard: CorpusShard? = nil, derives: Bool = true) {
        self.shard = shard
        self.derives = derives
    }
}
