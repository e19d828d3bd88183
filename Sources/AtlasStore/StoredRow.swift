import Foundation
import GRDB

/// A row of an atlas, read without trust: a value of another kind than the one asked for is an error, never a crash.
///
/// A file may come from a stranger or have been damaged, so nothing is taken for granted that its schema promises. Whole
/// numbers are within ±2^53, so that sums of them are sums; real numbers are finite. Everything that asks an atlas in SQL
/// reads its rows through this type.
public struct StoredRow {
    /// The row as SQLite answered it.
    private let row: Row

    init(_ row: Row) {
        self.row = row
    }

    /// A column by its name.
    public subscript<Value: StoredValue>(_ column: String) -> Value {
        get throws(AtlasError) {
            guard let stored = row[column] as DatabaseValue? else {
                throw .damagedRow(column: column, expected: Value.kind, found: "no such column")
            }
            return try value(stored, of: column)
        }
    }

    /// A column by its place.
    public subscript<Value: StoredValue>(_ column: Int) -> Value {
        get throws(AtlasError) {
            guard column < row.count else {
                throw .damagedRow(column: "\(column)", expected: Value.kind, found: "no such column")
            }
            return try value(row[column], of: "\(column)")
        }
    }

    /// Whether a column holds nothing, or is not there.
    public func isNull(_ column: String) -> Bool { (row[column] as DatabaseValue?)?.isNull ?? true }

    private func value<Value: StoredValue>(_ stored: DatabaseValue, of column: String) throws(AtlasError) -> Value {
        guard let value = Value(stored: stored) else {
            throw .damagedRow(column: column, expected: Value.kind, found: Self.description(of: stored))
        }
        return value
    }

    private static func description(of value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "nothing"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): text.prefix(40).debugDescription
        case .blob(let bytes): "\(bytes.count) bytes"
        }
    }
}

/// A value that can stand in a column.
public protocol StoredValue {
    /// What people call it.
    static var kind: String { get }
    /// Reads a stored value; `nil` for one of another kind.
    init?(stored: DatabaseValue)
}

extension Int64: StoredValue {
    /// What people call it.
    public static var kind: String { "a whole number within 2^53" }

    /// Reads a stored value; `nil` for one of another kind.
    public init?(stored: DatabaseValue) {
        guard case .int64(let number) = stored.storage, number.magnitude <= 1 << 53 else { return nil }
        self = number
    }
}

extension Int: StoredValue {
    /// What people call it.
    public static var kind: String { Int64.kind }

    /// Reads a stored value; `nil` for one of another kind.
    public init?(stored: DatabaseValue) {
        guard let number = Int64(stored: stored) else { return nil }
        self = Int(number)
    }
}

extension Bool: StoredValue {
    /// What people call it.
    public static var kind: String { "0 or 1" }

    /// Reads a stored value; `nil` for one of another kind.
    public init?(stored: DatabaseValue) {
        guard let number = Int64(stored: stored) else { return nil }
        self = number != 0
    }
}

extension Double: StoredValue {
    /// What people call it.
    public static var kind: String { "a finite number" }

    /// Reads a stored value; `nil` for one of another kind. A sum of no rows is a whole number in SQL.
    public init?(stored: DatabaseValue) {
        switch stored.storage {
        case .double(let number) where number.isFinite: self = number
        case .int64(let number): self = Double(number)
        default: return nil
        }
    }
}

extension String: StoredValue {
    /// What people call it.
    public static var kind: String { "a text" }

    /// Reads a stored value; `nil` for one of another kind.
    public init?(stored: DatabaseValue) {
        guard case .string(let text) = stored.storage else { return nil }
        self = text
    }
}

extension Data: StoredValue {
    /// What people call it.
    public static var kind: String { "a packed column" }

    /// Reads a stored value; `nil` for one of another kind.
    public init?(stored: DatabaseValue) {
        guard case .blob(let bytes) = stored.storage else { return nil }
        self = bytes
    }
}

extension Optional: StoredValue where Wrapped: StoredValue {
    /// What people call it.
    public static var kind: String { "\(Wrapped.kind), or nothing" }

    /// Reads a stored value; `nil` for one of another kind.
    public init?(stored: DatabaseValue) {
        guard !stored.isNull else {
            self = .none
            return
        }
        guard let value = Wrapped(stored: stored) else { return nil }
        self = .some(value)
    }
}
