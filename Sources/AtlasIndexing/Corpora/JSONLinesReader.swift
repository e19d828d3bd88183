import Foundation

/// Reads one JSON object a line: `{"text": …, "id"?: …, "answer"?: …, "tags"?: {…}}`.
///
/// `id`, `answer` and the values of `tags` are strings, numbers or booleans and are kept as text; `null` is the same
/// as absence. Other fields are left out. Lines of white space are no records.
struct JSONLinesReader: CorpusReader {
    private let lines: CorpusLines
    private let decoder = JSONDecoder()

    /// Reads objects from `lines`.
    init(_ lines: CorpusLines) {
        self.lines = lines
    }

    mutating func next() throws(CorpusError) -> CorpusRecord? {
        while let line = try lines.next() {
            guard !line.bytes.allSatisfy(Self.isWhiteSpace) else { continue }
            // The decoder would guess another encoding from invalid bytes.
            let json = try lines.text(of: line.bytes, line: line.number)
            return try record(json, line: line.number)
        }
        return nil
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private func record(_ json: String, line: Int) throws(CorpusError) -> CorpusRecord {
        let object: JSONRecord
        do {
            object = try decoder.decode(JSONRecord.self, from: Data(json.utf8))
        } catch {
            throw CorpusError(
                file: lines.name, line: line, expected: Self.expectation(error), found: "\(CorpusExcerpt(json))")
        }
        let tags = (object.tags ?? [:]).compactMapValues { $0?.text }
        guard !object.text.isEmpty else {
            throw CorpusError(
                file: lines.name, line: line, expected: "a field \"text\" that is not empty", found: "\"\"")
        }
        let strings = [object.text, object.id?.text, object.answer?.text].compactMap { $0 } + tags.keys + tags.values
        if let string = strings.first(where: { $0.utf8.contains(0) }) {
            throw CorpusError(
                file: lines.name, line: line, expected: "strings without \\u0000", found: "\(CorpusExcerpt(string))")
        }
        guard tags[""] == nil else {
            throw CorpusError(
                file: lines.name, line: line, expected: "a name for each tag", found: "\(CorpusExcerpt(json))")
        }
        return CorpusRecord(
            text: object.text, externalID: object.id?.text, answer: object.answer?.text, tags: tags,
            place: lines.place(line: line))
    }

    private static func expectation(_ error: any Error) -> String {
        func name(_ path: [any CodingKey], _ more: String? = nil) -> String {
            "\(CorpusExcerpt((path.map(\.stringValue) + (more.map { [$0] } ?? [])).joined(separator: ".")))"
        }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context)?:
            return "a field \(name(context.codingPath, key.stringValue)) holding a string"
        case .typeMismatch(let type, let context)?, .valueNotFound(let type, let context)?:
            guard !context.codingPath.isEmpty else { return "one JSON object" }
            let kind =
                switch type {
                case is JSONScalar.Type: "a string, a number or a boolean"
                case is String.Type: "a string"
                default: "an object"
                }
            return "\(kind) in the field \(name(context.codingPath))"
        default:
            return "one valid JSON object"
        }
    }
}

/// The fields of a line that are kept.
private struct JSONRecord: Decodable {
    let text: String
    let id: JSONScalar?
    let answer: JSONScalar?
    let tags: [String: JSONScalar?]?
}

/// A string, number or boolean as text.
private struct JSONScalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let string = try? container.decode(String.self) {
            text = string
        } else if let boolean = try? container.decode(Bool.self) {
            text = boolean ? "true" : "false"
        } else if let integer = try? container.decode(Int.self) {
            text = String(integer)
        } else if let number = try? container.decode(Double.self) {
            text = "\(number)"
        } else {
            throw DecodingError.typeMismatch(
                JSONScalar.self, .init(codingPath: decoder.codingPath, debugDescription: "not a scalar"))
        }
    }
}
