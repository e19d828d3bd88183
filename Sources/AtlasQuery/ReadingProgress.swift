import Tensors

/// How far a question is that reads many prompts, for whoever waits for its answer.
///
///     try ReadingProgress.$tell.withValue({ done, total in … }) { try reader.diff(first, second) }
public enum ReadingProgress {
    /// Hears how many prompts are read and are to be read, from the asking thread; a question may read more than once.
    @TaskLocal public static var tell: (@Sendable (_ done: Int, _ total: Int) -> Void)?

    /// Prompts between two tellings.
    private static let step = 64

    /// Hands over one after another, ends where the running ``Cancellation`` asks for it, and tells how far it is.
    static func forEach<Items: RandomAccessCollection<Item>, Item>(
        _ items: Items, _ body: (_ place: Int, Item) throws -> Void
    ) throws {
        for (place, item) in items.enumerated() {
            try Cancellation.check()
            if place % step == 0 { tell?(place, items.count) }
            try body(place, item)
        }
        tell?(items.count, items.count)
    }
}
