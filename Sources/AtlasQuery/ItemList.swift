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

    /// Holds a part of a list that goes on behind its last item's key.
    ///
    /// - Parameter isFull: whether it has as many items as were asked for
    init(items: [Item], total: Int, offset: Int, lastKey: [Int64]?, isFull: Bool) {
        self.items = items
        self.total = total
        let end = offset + items.count
        next = lastKey.flatMap { isFull && end < total ? ListCursor(offset: end, key: $0).description : nil }
    }
}

extension ItemList {
    /// The same part of a list of other items.
    func mapped<Other>(_ transform: (Item) throws -> Other) rethrows -> ItemList<Other> {
        ItemList<Other>(items: try items.map(transform), total: total, next: next)
    }

    private init(items: [Item], total: Int, next: String?) {
        self.items = items
        self.total = total
        self.next = next
    }
}

/// Which part of a list is asked for.
public struct ListRange: Hashable, Sendable {
    /// Items at most.
    public var limit: Int
    /// Behind which item it begins; `nil`: at the first.
    public var cursor: ListCursor?

    /// How many items come before it.
    public var offset: Int { cursor?.offset ?? 0 }

    /// Asks for `limit` items behind the first `offset`.
    public init(limit: Int = 50, offset: Int = 0) {
        self.init(limit: limit, after: offset > 0 ? ListCursor(offset: offset, key: nil) : nil)
    }

    /// Asks for `limit` items behind the one that `cursor` names.
    public init(limit: Int = 50, after cursor: ListCursor?) {
        self.limit = limit
        self.cursor = cursor
    }

    /// The part of a list that is in memory already.
    func part<Item>(of all: [Item]) -> ItemList<Item> {
        ItemList(items: Array(all.dropFirst(offset).prefix(limit)), total: all.count, offset: offset)
    }
}
