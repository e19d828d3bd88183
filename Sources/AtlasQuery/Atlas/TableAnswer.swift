import AtlasStore
import Foundation
import GRDB

/// What a SQL statement of the user's own answered.
public struct TableAnswer: Codable, Sendable, Equatable {
    /// Names of the columns.
    public let columns: [String]
    /// The rows, in the statement's order.
    public let rows: [[Value]]
    /// Whether there were more rows than were asked for.
    public let isTruncated: Bool

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

/// Questions in SQL, over the documented tables and views.
extension AtlasReader {
    /// Runs one SQL statement that reads.
    ///
    /// - Parameter limit: how many rows are answered at most
    public func sql(_ query: String, limit: Int = 10_000) throws -> TableAnswer {
        try ask("running SQL") { db in
            let statement: Statement
            do {
                statement = try db.makeStatement(sql: query)
            } catch let error as DatabaseError {
                throw QuestionError.refusedSQL(reason: error.message ?? "\(error.extendedResultCode)")
            }
            guard statement.isReadonly, statement.columnCount > 0 else {
                throw QuestionError.refusedSQL(reason: "this one writes or answers nothing")
            }
            var rows: [[TableAnswer.Value]] = []
            let cursor = try Row.fetchCursor(statement)
            do {
                while let row = try cursor.next() {
                    guard rows.count < limit else {
                        return TableAnswer(columns: statement.columnNames, rows: rows, isTruncated: true)
                    }
                    rows.append(row.databaseValues.map(value))
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
                throw QuestionError.refusedSQL(reason: error.message ?? "\(error.extendedResultCode)")
            }
            return TableAnswer(columns: statement.columnNames, rows: rows, isTruncated: false)
        }
    }

    private func value(_ stored: DatabaseValue) -> TableAnswer.Value {
        switch stored.storage {
        case .null: .null
        case .int64(let value): .integer(value)
        case .double(let value): .real(value)
        case .string(let value): .text(value)
        case .blob(let value): .blob(byteCount: value.count)
        }
    }
}
