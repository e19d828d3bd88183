import AtlasExport
import Foundation
import Texts

/// A list of an answer as rows with columns, for tables.
struct RowList {
    /// Its name: the member of the JSON answer that holds it, `rows` where the answer is the list.
    let name: String
    /// The columns' names; see ``RowColumns``.
    let columns: [String]
    /// Gives the values of the rows, in the columns' order, one row after the other.
    private let forEachRow: (_ body: ([JSONValue]) -> Void) throws -> Void

    /// A list of rows that are JSON objects.
    init<Row: Codable>(_ name: String, _ rows: [Row]) {
        self.name = name
        let found = RowColumns(of: Row.self)
        columns = found.names
        forEachRow = { body in
            let encoder = JSONOutput.encoder(isPretty: false)
            for row in rows {
                let object = try JSONText.parse([UInt8](encoder.encode(row)), keepingNumerals: true)
                body(found.paths.map { object.value(at: $0) })
            }
        }
    }

    /// A list of rows whose columns are known when they are answered only.
    init(_ name: String, columns: [String], rows: [[JSONValue]]) {
        self.name = name
        self.columns = columns
        forEachRow = { body in rows.forEach(body) }
    }

    /// Writes comma-separated values as in RFC 4180, in UTF-8: a line with the columns' names, then a line a row, each ended
    /// by CRLF.
    ///
    /// Texts stand in quotes, exactly as they are; numbers, `true` and `false` without; an array as JSON, in quotes; nothing
    /// at all where there is no value.
    func writeCommaSeparated(to write: (String) -> Void) throws {
        write(columns.map(Self.quoted).joined(separator: ",") + "\r\n")
        try forEachRow { row in write(row.map(Self.cell).joined(separator: ",") + "\r\n") }
    }

    /// Writes a JSON object a line, all columns in each: `null` where there is no value, arrays as they are.
    func writeJSONLines(to write: (String) -> Void) throws {
        let names = columns.map { JSONValue.string($0).oneLine + ":" }
        try forEachRow { row in write("{" + zip(names, row).map { $0 + $1.oneLine }.joined(separator: ",") + "}\n") }
    }

    private static func quoted(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "\""))
            ? "\"" + text.splitExactly(at: "\"").joined(separator: "\"\"") + "\"" : "\"" + text + "\""
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .boolean, .integer, .fraction, .numeral: value.oneLine
        case .string(let text): quoted(text)
        case .array, .object: quoted(value.oneLine)
        }
    }
}

extension JSONValue {
    /// The value to which members lead; null where one is missing.
    fileprivate func value(at path: [String]) -> JSONValue {
        var value = self
        for name in path {
            guard case .object(let members) = value, let member = members.first(where: { $0.name == name }) else {
                return .null
            }
            value = member.value
        }
        return value
    }
}
