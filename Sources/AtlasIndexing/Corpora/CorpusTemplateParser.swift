import Texts

/// Splits a template's pattern into literals and placeholders.
struct CorpusTemplateParser {
    private let pattern: String
    private var pieces: [CorpusTemplate.Piece] = []
    private var names: [String] = []
    private var literal = ""

    /// Reads `pattern`.
    init(_ pattern: String) {
        self.pattern = pattern
    }

    /// The pieces in order, and the placeholders' names in order of first appearance.
    mutating func parse() throws(CorpusError) -> (pieces: [CorpusTemplate.Piece], names: [String]) {
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch (scalar, rest.first) {
            case ("{", "{"), ("}", "}"):
                rest.removeFirst()
                literal.unicodeScalars.append(scalar)
            case ("{", _):
                guard let end = rest.firstIndex(of: "}") else {
                    throw CorpusTemplate.fault(
                        "a closing brace", "\(CorpusExcerpt("{" + String(rest)))",
                        advice: "write {{ for a literal brace")
                }
                try take(placeholder: String(rest[..<end]))
                rest = rest[rest.index(after: end)...]
            default:
                literal.unicodeScalars.append(scalar)
            }
        }
        endLiteral()
        return (pieces, names)
    }

    private mutating func take(placeholder name: String) throws(CorpusError) {
        guard Self.isName(name) else {
            throw CorpusTemplate.fault(
                "a placeholder's name of letters, digits, _ and -", "\(CorpusExcerpt(name))",
                advice: "write {{ for a literal brace")
        }
        endLiteral()
        let ordinal = names.firstIndex { ExactText($0) == ExactText(name) } ?? names.count
        if ordinal == names.count { names.append(name) }
        pieces.append(.placeholder(ordinal))
    }

    private mutating func endLiteral() {
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = ""
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    }
}

extension CorpusTemplate.Values {
    /// Reads `NAME=LOWER...UPPER` or `NAME=TEXT,TEXT,…`, as given on a command line: `a=0...99`, `lang=en,fr`.
    ///
    /// - Throws: `CorpusError` when there is no name, a bound is no whole number, the bounds are in the wrong order, or
    ///   a text is empty.
    public static func parse(
        _ assignment: String
    ) throws(CorpusError) -> (name: String, values: CorpusTemplate.Values) {
        let parts = assignment.splitExactly(at: "=", maximumCount: 2)
        guard parts.count == 2, CorpusTemplateParser.isName(parts[0]) else {
            throw CorpusTemplate.fault("values as a=0...99 or lang=en,fr", "\(CorpusExcerpt(assignment))")
        }
        let name = parts[0]
        let texts = parts[1].splitExactly(at: ",")
        guard !texts.contains("") else {
            throw CorpusTemplate.fault("no empty value for {\(name)}", "\(CorpusExcerpt(assignment))")
        }
        let dots = parts[1].contains("…") ? "…" : "..."
        guard texts.count == 1, let found = parts[1].firstRange(of: dots) else { return (name, .list(texts)) }
        guard let lower = number(parts[1][..<found.lowerBound]), let upper = number(parts[1][found.upperBound...]),
            lower <= upper
        else {
            throw CorpusTemplate.fault(
                "two whole numbers in rising order without leading zeros, as \(name)=0...99",
                "\(CorpusExcerpt(assignment))", advice: "list texts with commas")
        }
        return (name, .range(lower...upper))
    }

    /// The number that is written exactly as `text`: a leading zero would be lost in the prompts.
    private static func number(_ text: Substring) -> Int? {
        Int(text).flatMap { String($0) == text ? $0 : nil }
    }
}
