import Texts

/// Expands a template, record by record.
struct CorpusTemplateReader: CorpusReader {
    private let template: CorpusTemplate
    private var ordinal = 0

    /// Reads the records of `template`.
    init(_ template: CorpusTemplate) {
        self.template = template
    }

    mutating func next() throws(CorpusError) -> CorpusRecord? {
        guard ordinal < template.recordCount else { return nil }
        let values = values(at: ordinal)
        ordinal += 1
        var text = ""
        for piece in template.pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .placeholder(let column): text += values[column]
            }
        }
        guard !text.isEmpty else {
            throw CorpusError(file: "template", line: ordinal, expected: "a text that is not empty", found: "\"\"")
        }
        let tags = Dictionary(uniqueKeysWithValues: zip(template.names.map { ExactText($0) }, values))
        return CorpusRecord(text: text, tags: tags, place: "template line \(ordinal)")
    }

    /// The values of one cell: `ordinal` in mixed radix, the last placeholder being the lowest digit.
    private func values(at ordinal: Int) -> [String] {
        var rest = ordinal
        var values: [String] = []
        for column in template.columns.reversed() {
            values.append(column[rest % column.count])
            rest /= column.count
        }
        return values.reversed()
    }
}
