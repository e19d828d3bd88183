/// Where prompts come from.
public enum CorpusSource: Sendable {
    /// A file; without a format its ending tells. A name that ends in `.gz` is decompressed, `-` is standard input.
    case file(path: String, format: CorpusFormat? = nil)
    /// Standard input, uncompressed.
    case standardInput(format: CorpusFormat)
    /// What a file of this name would hold, uncompressed.
    case text(String, name: String, format: CorpusFormat)
    /// A pattern expanded over all combinations of its values.
    case template(CorpusTemplate)

    /// Opens the corpus.
    ///
    /// - Parameter policy: what to do about a malformed record.
    /// - Throws: `CorpusError` when it cannot be opened or its format is unknown. Records are read later, one at a time.
    public func records(onMalformed policy: MalformedRecordPolicy) throws(CorpusError) -> CorpusRecords {
        switch self {
        case .file(let path, let format):
            let known: CorpusFormat
            if let format { known = format } else { known = try CorpusFormat(path: path) }
            return CorpusRecords(try known.reader(path: path), onMalformed: policy)
        case .standardInput(let format):
            return CorpusRecords(try format.reader(path: "-"), onMalformed: policy)
        case .text(let content, let name, let format):
            let input = CorpusInput(name: name, content: Array(content.utf8))
            return CorpusRecords(format.reader(CorpusLines(input)), onMalformed: policy)
        case .template(let template):
            return CorpusRecords(CorpusTemplateReader(template), onMalformed: policy)
        }
    }
}

/// What to do about a malformed record.
public enum MalformedRecordPolicy: Sendable {
    /// Throw it.
    case fail
    /// Report it and read on; a fault of the whole corpus is thrown all the same.
    case skip(report: @Sendable (CorpusError) -> Void)
}

extension CorpusFormat {
    fileprivate func reader(path: String) throws(CorpusError) -> any CorpusReader {
        reader(CorpusLines(try CorpusInput(path: path)))
    }

    fileprivate func reader(_ lines: CorpusLines) -> any CorpusReader {
        switch self {
        case .jsonLines: return JSONLinesReader(lines)
        case .plainText: return PlainTextReader(lines)
        case .commaSeparated(let column):
            return DelimitedReader(lines, delimiter: UInt8(ascii: ","), textColumn: column)
        case .tabSeparated(let column):
            return DelimitedReader(lines, delimiter: UInt8(ascii: "\t"), textColumn: column)
        }
    }
}
