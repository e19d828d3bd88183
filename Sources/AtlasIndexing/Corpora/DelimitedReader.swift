import Texts

/// Reads comma- or tab-separated values with a header line, quoted as in RFC 4180.
///
/// One column is the text, `id` and `answer` are what they say, every other column is a tag. An empty field is an
/// absent value. A field in double quotes may hold delimiters, line breaks and doubled quotes; a quote anywhere else is
/// an error. Empty lines between records are skipped.
struct DelimitedReader: CorpusReader {
    private let lines: CorpusLines
    private let delimiter: UInt8
    private let textColumn: ExactText

    /// The most columns: each is a tag of each prompt.
    private static let columnLimit = 10_000

    private var header: [ExactText]?

    /// A row, the line it begins at, and how many fields it has: also those that are not kept.
    private typealias Row = (line: Int, fields: [String], fieldCount: Int)

    /// Reads records whose text is in the column named `textColumn`.
    init(_ lines: CorpusLines, delimiter: UInt8, textColumn: String) {
        self.lines = lines
        self.delimiter = delimiter
        self.textColumn = ExactText(NameRule.trimmed(textColumn))
    }

    mutating func next() throws(CorpusError) -> CorpusRecord? {
        if header == nil { header = try readHeader() }
        guard let header, let row = try readRow() else { return nil }
        guard row.fieldCount == header.count else {
            throw CorpusError(
                file: lines.name, line: row.line, expected: "\(header.count) fields as in the header",
                found: "\(row.fieldCount)")
        }
        var text = ""
        var externalID: String?
        var answer: String?
        var tags: [ExactText: String] = [:]
        for (column, field) in zip(header, row.fields) where !field.isEmpty {
            switch column {
            case textColumn: text = field
            case "id": externalID = field
            case "answer": answer = field
            default: tags[column] = field
            }
        }
        guard !text.isEmpty else {
            throw CorpusError(
                file: lines.name, line: row.line, expected: "text in the column \(CorpusExcerpt(textColumn.string))",
                found: "an empty field")
        }
        return CorpusRecord(
            text: text, externalID: externalID, answer: answer, tags: tags, place: lines.place(line: row.line))
    }

    /// The column names; every fault of the header ends the input, because no record can be understood without it.
    private func readHeader() throws(CorpusError) -> [ExactText]? {
        let row: Row
        do {
            guard let found = try readRow() else { return nil }
            row = found
        } catch {
            throw CorpusError(
                file: error.file, line: error.line, expected: error.expected, found: error.found, advice: error.advice,
                endsInput: true)
        }
        func fault(_ expected: String, _ found: String) -> CorpusError {
            CorpusError(file: lines.name, line: row.line, expected: expected, found: found, endsInput: true)
        }
        var seen: Set<ExactText> = []
        guard row.fieldCount <= Self.columnLimit else {
            throw fault("at most \(Self.columnLimit) columns", "\(row.fieldCount)")
        }
        var names: [ExactText] = []
        for field in row.fields {
            guard !NameRule.trimmed(field).isEmpty else { throw fault("a name for each column", "an empty one") }
            do throws(NameRule.Fault) {
                names.append(ExactText(try NameRule.name(field)))
            } catch {
                throw fault(error.expected, error.found)
            }
        }
        for name in names {
            guard seen.insert(name).inserted else {
                throw fault("each column once", "\(CorpusExcerpt(name.string)) twice")
            }
        }
        guard seen.contains(textColumn) else {
            throw fault(
                "a header with the column \(CorpusExcerpt(textColumn.string))",
                "\(CorpusExcerpt(row.fields.joined(separator: ", ")))")
        }
        return names
    }

    /// The next row and the line it begins at.
    private func readRow() throws(CorpusError) -> Row? {
        while let line = try lines.next() {
            guard !line.bytes.isEmpty else { continue }
            var parser = DelimitedRow(delimiter: delimiter, fieldLimit: header?.count ?? Self.columnLimit)
            var source = line
            var size = line.bytes.count
            while true {
                if let fault = parser.read(source.bytes) {
                    throw CorpusError(
                        file: lines.name, line: source.number, expected: fault.expected,
                        found: "\(CorpusExcerpt(bytes: source.bytes[fault.position...]))",
                        advice: "put the field in quotes and double the quotes inside it")
                }
                guard parser.isInsideQuotes else { break }
                parser.continueLine(after: source.ending)
                guard let more = try lines.next() else {
                    throw CorpusError(
                        file: lines.name, line: line.number, expected: "a closing quote",
                        found: "the end of the file \(source.number - line.number + 1) lines later")
                }
                source = more
                size += more.bytes.count + 2
                guard size <= CorpusLines.limit else {
                    throw CorpusError(
                        file: lines.name, line: line.number,
                        expected: "a closing quote within \(CorpusLines.limit) bytes", found: "none")
                }
            }
            var fields: [String] = []
            for field in parser.fields { fields.append(try lines.text(of: field, line: line.number)) }
            return (line.number, fields, parser.fieldCount)
        }
        return nil
    }
}
