/// Where a list goes on: behind an item that is named, wherever it stands by then.
///
/// What comes in or goes between two parts of a list moves no item from one part into the other, and the part behind the
/// millionth item costs no more than the first. Written `50~1665`: how many items came before, and the item's key.
public struct ListCursor: Hashable, Sendable {
    /// How many items came before, when the part before was read; where no key is given, what is skipped.
    public let offset: Int
    /// The numbers that name the last item of the part before; `nil`: `offset` items are skipped.
    public let key: [Int64]?

    /// The most numbers in a key.
    static let keyLimit = 2
    /// A cursor, as a regular expression.
    public static let form = "^[0-9]{1,9}(~[0-9]{1,18}(/[0-9]{1,18})?)?$"

    /// Goes on behind `offset` items, the last of which has this key.
    init(offset: Int, key: [Int64]?) {
        self.offset = offset
        self.key = key
    }

    /// Reads a cursor, or how many items are skipped.
    public init?(_ text: String) {
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        func number(_ text: Substring) -> Int64? {
            guard !text.isEmpty, text.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
            return Int64(text)
        }
        guard let offset = number(parts[0]), offset <= Int64(Int32.max) else { return nil }
        self.offset = Int(offset)
        guard parts.count > 1 else {
            key = nil
            return
        }
        let numbers = parts[1].split(separator: "/", omittingEmptySubsequences: false).map(number)
        guard numbers.count <= Self.keyLimit, numbers.allSatisfy({ $0 != nil }) else { return nil }
        key = numbers.compactMap(\.self)
    }
}

extension ListCursor: CustomStringConvertible {
    /// As it is read.
    public var description: String {
        key.map { "\(offset)~" + $0.map(String.init).joined(separator: "/") } ?? "\(offset)"
    }
}
