import AtlasStore
import Foundation
import GRDB

/// What a SQL statement of the user's own answered.
public struct TableAnswer: Codable, Sendable, Equatable {
    /// Names of the columns.
    public let columns: [String]
    /// The rows, in the statement's order.
    public let rows: [[Value]]
    /// Whether there were more rows than were asked for, or than an answer may hold.
    public let isTruncated: Bool
    /// What ended the answer before its last row; `nil` where nothing did.
    public let truncatedBy: Truncation?

    /// What ended an answer before its last row.
    public enum Truncation: String, Codable, Sendable {
        /// As many rows as were asked for.
        case rows
        /// As many bytes as an answer may have.
        case bytes
    }

    /// A value of SQLite's; in JSON `null`, a number or a string, packed columns as `"<123 bytes>"`.
    public enum Value: Sendable, Equatable {
        /// No value.
        case null
        /// A whole number.
        case integer(Int64)
        /// A real number.
        case real(Double)
        /// Text.
        case text(String)
        /// A packed column of so many bytes.
        case blob(byteCount: Int)
    }
}

extension TableAnswer.Value: Codable {
    /// Reads what ``encode(to:)`` writes; blobs come back as their text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let real = try? container.decode(Double.self) {
            self = .real(real)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// Writes a plain JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .integer(let value): try container.encode(value)
        // JSON has no numbers that are not finite.
        case .real(let value): value.isFinite ? try container.encode(value) : try container.encodeNil()
        case .text(let value): try container.encode(value)
        case .blob: try container.encode(description)
        }
    }
}

extension TableAnswer.Value: CustomStringConvertible {
    /// The value as a person reads it; nothing for null.
    public var description: String {
        switch self {
        case .null: ""
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let value): value
        case .blob(let count): "<\(count) bytes>"
        }
    }
}
