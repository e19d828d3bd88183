/// An order that a list can be asked for by name: a key, and with a minus sign in front the order backwards.
public protocol ListOrder: Hashable, Sendable {
    /// What is ordered by.
    associatedtype Key: RawRepresentable<String> & CaseIterable

    /// Orders by `key`.
    init(_ key: Key, isBackwards: Bool)
}

extension ListOrder {
    /// Reads a key, with a minus sign in front for the order backwards.
    public init?(_ text: String) {
        let isBackwards = text.hasPrefix("-")
        guard let key = Key(rawValue: isBackwards ? String(text.dropFirst()) : text) else { return nil }
        self.init(key, isBackwards: isBackwards)
    }

    /// All that are read.
    public static var names: [String] { Key.allCases.flatMap { [$0.rawValue, "-\($0.rawValue)"] } }
}
