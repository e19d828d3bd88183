import Texts

/// A pattern with placeholders, expanded over every combination of their values.
///
///     let template = try CorpusTemplate(pattern: "calc: {a}+{b}=", values: ["a": .range(0...99), "b": .range(0...99)])
///
/// `{name}` stands for a value; `{{` and `}}` are literal braces, and so is a `}` alone. A record's tags are the values
/// of its placeholders. Records come in a fixed order: the placeholder that appears first varies slowest.
public struct CorpusTemplate: Sendable, Equatable {
    /// The values a placeholder takes, in order.
    public enum Values: Sendable, Equatable {
        /// Whole numbers from the lower to the upper bound.
        case range(ClosedRange<Int>)
        /// These texts.
        case list([String])
    }

    enum Piece: Equatable {
        case literal(String)
        case placeholder(Int)
    }

    /// The largest grid, in records.
    public static let recordLimit = 100_000_000

    /// The placeholders in order of their first appearance.
    public let names: [String]
    /// How many records the template expands to.
    public let recordCount: Int

    let pieces: [Piece]
    let columns: [Values]

    /// Checks `pattern` against `values`.
    ///
    /// - Throws: `CorpusError` for a placeholder without values or values without a placeholder, a brace that is not
    ///   closed, an empty pattern or list, a value twice in a list, or a grid over `recordLimit`.
    public init(pattern: String, values: [ExactText: Values]) throws(CorpusError) {
        var parser = CorpusTemplateParser(pattern)
        (pieces, names) = try parser.parse()
        guard !pattern.isEmpty, !pattern.utf8.contains(0) else {
            throw Self.fault("a pattern without NUL", "\(CorpusExcerpt(pattern))")
        }
        let known = values.keys.sorted().map(\.string).joined(separator: ", ")
        var columns: [Values] = []
        var count = 1
        for name in names {
            guard let column = values[ExactText(name)] else {
                throw Self.fault(
                    "values for each placeholder", "{\(name)} without, and values for \(CorpusExcerpt(known))")
            }
            try column.check(name: name)
            columns.append(column)
            let (product, overflow) = count.multipliedReportingOverflow(by: column.count)
            guard !overflow, product <= Self.recordLimit else {
                throw Self.fault("at most \(Self.recordLimit) combinations of values", "more")
            }
            count = product
        }
        if let unused = Set(values.keys).subtracting(names.map { ExactText($0) }).min() {
            throw Self.fault("a placeholder for each list of values", "no {\(unused)} in \(CorpusExcerpt(pattern))")
        }
        self.columns = columns
        recordCount = count
    }

    /// Checks `pattern` against ranges of whole numbers.
    public init(pattern: String, values: [ExactText: ClosedRange<Int>]) throws(CorpusError) {
        try self.init(pattern: pattern, values: values.mapValues { Values.range($0) })
    }

    static func fault(_ expected: String, _ found: String, advice: String? = nil) -> CorpusError {
        CorpusError(file: "template", expected: expected, found: found, advice: advice, endsInput: true)
    }
}

extension CorpusTemplate.Values {
    /// How many values there are; ranges that do not fit an `Int` count as `Int.max`.
    var count: Int {
        switch self {
        case .range(let range):
            let (difference, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            return overflow || difference == .max ? .max : difference + 1
        case .list(let texts): return texts.count
        }
    }

    /// The value at `ordinal`, as text.
    subscript(ordinal: Int) -> String {
        switch self {
        case .range(let range): String(range.lowerBound + ordinal)
        case .list(let texts): texts[ordinal]
        }
    }

    fileprivate func check(name: String) throws(CorpusError) {
        guard case .list(let texts) = self else { return }
        guard !texts.isEmpty else { throw CorpusTemplate.fault("values for {\(name)}", "none") }
        var seen: Set<ExactText> = []
        for text in texts {
            guard !text.utf8.contains(0) else {
                throw CorpusTemplate.fault("values of {\(name)} without NUL", "\(CorpusExcerpt(text))")
            }
            guard seen.insert(ExactText(text)).inserted else {
                throw CorpusTemplate.fault("each value of {\(name)} once", "\(CorpusExcerpt(text)) twice")
            }
        }
    }
}
