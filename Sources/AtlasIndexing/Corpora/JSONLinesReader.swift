import Texts

/// Reads one JSON object a line: `{"text": …, "id"?: …, "answer"?: …, "tags"?: {…}}`.
///
/// `id`, `answer` and the values of `tags` are strings, numbers or booleans and are kept as text, numbers exactly as they
/// are written: an id of twenty digits or an answer `1.50` loses none. `null` is the same as absence. Other fields are
/// left out; a field or a tag that stands twice is malformed. Lines of white space are no records.
struct JSONLinesReader: CorpusReader {
    private let lines: CorpusLines

    /// Reads objects from `lines`.
    init(_ lines: CorpusLines) {
        self.lines = lines
    }

    mutating func next() throws(CorpusError) -> CorpusRecord? {
        while let line = try lines.next() {
            guard !line.bytes.allSatisfy(Self.isWhiteSpace) else { continue }
            let json = try lines.text(of: line.bytes, line: line.number)
            do throws(Fault) {
                return try record(try Self.object(line.bytes), line: line.number)
            } catch {
                throw CorpusError(
                    file: lines.name, line: line.number, expected: error.expected,
                    found: error.found ?? "\(CorpusExcerpt(json))")
            }
        }
        return nil
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// What is wrong with a line; without `found` its beginning is quoted.
    private struct Fault: Error {
        let expected: String
        var found: String?
    }

    private static func object(_ bytes: [UInt8]) throws(Fault) -> [JSONMember] {
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONText.parse(bytes, keepingNumerals: true)
        } catch {
            throw Fault(expected: "one valid JSON object")
        }
        guard case .object(let members) = value else { throw Fault(expected: "one JSON object") }
        return members
    }

    private func record(_ members: [JSONMember], line: Int) throws(Fault) -> CorpusRecord {
        let text: String
        switch try Self.field("text", of: members) {
        case .string(let string)?: text = string
        case nil: throw Fault(expected: "a field `text` holding a string")
        default: throw Fault(expected: "a string in the field `text`")
        }
        guard !text.isEmpty else { throw Fault(expected: "a field \"text\" that is not empty", found: "\"\"") }
        let id = try Self.scalar(Self.field("id", of: members), place: "id")
        let answer = try Self.scalar(Self.field("answer", of: members), place: "answer")
        let tags = try Self.tags(Self.field("tags", of: members))
        let strings = [text, id, answer].compactMap { $0 } + tags.keys.map(\.string) + tags.values
        if let string = strings.first(where: { $0.utf8.contains(0) }) {
            throw Fault(expected: "strings without \\u0000", found: "\(CorpusExcerpt(string))")
        }
        return CorpusRecord(text: text, externalID: id, answer: answer, tags: tags, place: lines.place(line: line))
    }

    /// The field of this name, which may stand once.
    private static func field(_ name: String, of members: [JSONMember]) throws(Fault) -> JSONValue? {
        let found = members.filter { ExactText($0.name) == ExactText(name) }
        guard found.count < 2 else {
            throw Fault(expected: "each field once", found: "\(CorpusExcerpt(name)) \(found.count) times")
        }
        return found.first?.value
    }

    private static func tags(_ value: JSONValue?) throws(Fault) -> [ExactText: String] {
        switch value {
        case nil, .null?: return [:]
        case .object(let members)?:
            var tags: [ExactText: String] = [:]
            var seen: Set<ExactText> = []
            for member in members {
                let name = ExactText(NameRule.trimmed(member.name))
                guard seen.insert(name).inserted else {
                    throw Fault(expected: "each tag once", found: "\(CorpusExcerpt(member.name)) twice")
                }
                guard let text = try scalar(member.value, place: "tags.\(member.name)") else { continue }
                guard !name.string.isEmpty else { throw Fault(expected: "a name for each tag") }
                do throws(NameRule.Fault) { _ = try NameRule.name(name.string) } catch {
                    throw Fault(expected: "a tag with " + error.expected, found: error.found)
                }
                tags[name] = text
            }
            return tags
        default: throw Fault(expected: "an object in the field `tags`")
        }
    }

    /// A string, number or boolean as text; nothing for null.
    private static func scalar(_ value: JSONValue?, place: String) throws(Fault) -> String? {
        switch value {
        case nil, .null?: nil
        case .string(let string)?: string
        case .numeral(let digits)?: digits
        case .boolean(let flag)?: flag ? "true" : "false"
        default:
            throw Fault(expected: "a string, a number or a boolean in the field \(CorpusExcerpt(place))")
        }
    }
}
