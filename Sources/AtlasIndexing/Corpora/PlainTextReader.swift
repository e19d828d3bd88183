/// Reads one prompt a line; empty lines are no prompts.
struct PlainTextReader: CorpusReader {
    private let lines: CorpusLines

    /// Reads prompts from `lines`.
    init(_ lines: CorpusLines) {
        self.lines = lines
    }

    mutating func next() throws(CorpusError) -> CorpusRecord? {
        while let line = try lines.next() {
            guard !line.bytes.isEmpty else { continue }
            let text = try lines.text(of: line.bytes, line: line.number)
            return CorpusRecord(text: text, place: lines.place(line: line.number))
        }
        return nil
    }
}
