import ArgumentParser
import AtlasIndexing
import Foundation
import Texts

/// Where prompts come from, the same on every command that reads a corpus.
struct CorpusArguments: ParsableArguments {
    @Argument(
        help: """
            A corpus: .jsonl ({"text": …, "id"?, "answer"?, "tags"?}), .txt (a prompt a line), .csv or .tsv (a column \
            named text), each plain or .gz; - is standard input.
            """)
    var corpus: String?
    @Option(help: "Instead of a file, a pattern with placeholders: 'calc: {a}+{b}='.") var template: String?
    @Option(help: "Values of a placeholder: a=0...99 or lang=en,fr; one for each.") var values: [String] = []
    @Option(help: "The format where the file's name does not tell: jsonl, txt, csv, tsv.") var format: String?
    @Option(help: "The column that holds the text of .csv and .tsv.") var textColumn = "text"
    @Flag(
        help: """
            Report records that are malformed or that the model cannot read and go on, instead of stopping at the first.
            """)
    var skipMalformed = false
    @Flag(
        help: """
            Cut a text that is longer than the model's context to its first tokens; its answer is not judged, and the \
            tag truncated says what was read.
            """)
    var truncate = false

    func validate() throws {
        guard (corpus == nil) != (template == nil) else {
            throw ValidationError("expected either a corpus or --template")
        }
        if template == nil, !values.isEmpty { throw ValidationError("--values goes with --template") }
        try CorpusFormat.requireName(format)
        if corpus == "-", format == nil { throw ValidationError("standard input needs --format") }
    }

    /// The corpus as the library knows it.
    func source() throws -> CorpusSource {
        if let template {
            var named: [ExactText: CorpusTemplate.Values] = [:]
            for assignment in values {
                let (name, values) = try CorpusTemplate.Values.parse(assignment)
                guard named.updateValue(values, forKey: ExactText(name)) == nil else {
                    throw ValidationError("--values: expected one list for each placeholder, found two for {\(name)}")
                }
            }
            return .template(try CorpusTemplate(pattern: template, values: named))
        }
        let path = corpus ?? "-"
        return .file(path: path, format: try CorpusFormat(named: format, path: path, textColumn: textColumn))
    }

    /// The corpus's name in the atlas unless another is given.
    var defaultName: String {
        if let template { return template }
        guard let corpus, corpus != "-" else { return "standard input" }
        return URL(fileURLWithPath: corpus).lastPathComponent
    }

    /// What to do about texts that are longer than the model's context.
    var truncation: PromptTruncation? { truncate ? .keepsBeginning : nil }

    /// Prints what is left out of records that are taken over all the same: the first lines, then how many follow.
    func printNotes(_ notes: [String], count: Int) {
        let shown = notes.prefix(Self.shownNotes)
        let more = count > shown.count ? ["and \((count - shown.count).grouped) more of this kind"] : []
        for line in shown + more { StandardError.line("note: \(line)") }
    }

    private static let shownNotes = 20

    /// What to do about malformed records.
    var policy: MalformedRecordPolicy {
        skipMalformed
            ? .skip { error in StandardError.line("skipped: \(error)") } : .fail
    }
}

extension CorpusFormat {
    /// Refuses a `--format` that names none.
    static func requireName(_ name: String?) throws {
        if let name, CorpusFormat(name: name) == nil {
            throw ValidationError("--format: expected jsonl, txt, csv or tsv, found \(name)")
        }
    }

    /// The format that `--format` names, or the ending of `path` where it names none.
    init(named name: String?, path: String, textColumn: String) throws {
        self =
            try name.flatMap { CorpusFormat(name: $0, textColumn: textColumn) }
            ?? CorpusFormat(path: path, textColumn: textColumn)
    }
}
