/// A part of a list, with where it goes on.
public struct ItemList<Item: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    /// The items, in the list's order.
    public let items: [Item]
    /// How many the whole list has.
    public let total: Int
    /// What to ask for next, as `after`; `nil` at the end.
    public let next: String?

    /// Holds a part of a list of `total` items that begins behind the first `offset`.
    public init(items: [Item], total: Int, offset: Int) {
        self.items = items
        self.total = total
        next = offset + items.count < total && !items.isEmpty ? String(offset + items.count) : nil
    }
}

/// Which part of a list is asked for.
public struct ListRange: Hashable, Sendable {
    /// Items at most.
    public var limit: Int
    /// How many items come before it.
    public var offset: Int

    /// Asks for `limit` items behind the first `offset`.
    public init(limit: Int = 50, offset: Int = 0) {
        self.limit = limit
        self.offset = offset
    }

    /// The part of a list that is in memory already.
    func part<Item>(of all: [Item]) -> ItemList<Item> {
        ItemList(items: Array(all.dropFirst(offset).prefix(limit)), total: all.count, offset: offset)
    }
}
