/// How a corpus is written down.
public enum CorpusFormat: Sendable, Equatable {
    /// One JSON object a line with `text` and optionally `id`, `answer` and `tags`.
    case jsonLines
    /// One prompt a line; empty lines are skipped. In every format a line ends with `\n`, `\r\n` or `\r`.
    case plainText
    /// Comma-separated values with a header; the named column is the text.
    case commaSeparated(textColumn: String = "text")
    /// Tab-separated values with a header; the named column is the text.
    case tabSeparated(textColumn: String = "text")

    /// The format with this name or file ending (`jsonl`, `ndjson`, `txt`, `csv`, `tsv`), or `nil`.
    public init?(name: String, textColumn: String = "text") {
        switch name.lowercased() {
        case "jsonl", "ndjson": self = .jsonLines
        case "txt", "text": self = .plainText
        case "csv": self = .commaSeparated(textColumn: textColumn)
        case "tsv", "tab": self = .tabSeparated(textColumn: textColumn)
        default: return nil
        }
    }

    /// The format that the ending of `path` says, a final `.gz` aside.
    ///
    /// - Throws: `CorpusError` when the ending says nothing.
    public init(path: String, textColumn: String = "text") throws(CorpusError) {
        let file = path.split(separator: "/").last ?? ""
        var parts = file.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        if parts.last?.lowercased() == "gz" { parts.removeLast() }
        guard let ending = parts.last, let format = CorpusFormat(name: String(ending), textColumn: textColumn) else {
            throw CorpusError(
                file: path, expected: "a name ending in .jsonl, .ndjson, .txt, .csv or .tsv, plain or with .gz",
                found: "\(CorpusExcerpt(file))", advice: "name the format", endsInput: true)
        }
        self = format
    }
}
