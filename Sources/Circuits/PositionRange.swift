/// Positions of a prompt, from 0, the beginning-of-sequence token: `12`, `10-12`, or `12-`, which has no end.
///
/// A range without an end goes on through whatever is generated.
public struct PositionRange: Hashable, Sendable, Codable {
    /// The first position.
    public let first: Int
    /// The last position, included; `nil` for all that follow.
    public let last: Int?

    /// Goes from `first` through `last`, or without an end.
    public init(first: Int, last: Int?) {
        precondition(first >= 0 && last ?? first >= first, "\(first)-\(last.map(String.init) ?? "") is no range")
        self.first = first
        self.last = last
    }

    /// One position.
    public init(_ position: Int) { self.init(first: position, last: position) }

    /// Reads `12`, `10-12` or `12-`; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let first = Self.number(parts[0]) else { return nil }
        if parts.count == 1 {
            self.init(first)
        } else if parts[1].isEmpty {
            self.init(first: first, last: nil)
        } else {
            guard let last = Self.number(parts[1]), first <= last else { return nil }
            self.init(first: first, last: last)
        }
    }

    /// Digits alone: `Int` would read a sign too.
    private static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    /// Whether `position` is one of them.
    public func contains(_ position: Int) -> Bool { position >= first && position <= last ?? .max }

    /// Those of the first `count` positions that it has, ascending.
    public func positions(below count: Int) -> Range<Int> {
        let end = last.map { min($0, count - 1) + 1 } ?? count
        return min(first, end)..<end
    }

    /// Whether both have some position.
    public func overlaps(_ other: PositionRange) -> Bool {
        first <= other.last ?? .max && other.first <= last ?? .max
    }
}

extension PositionRange: CustomStringConvertible {
    /// As it is read.
    public var description: String {
        guard let last else { return "\(first)-" }
        return first == last ? "\(first)" : "\(first)-\(last)"
    }
}
