/// Reads regular expressions in the syntax that tokenizer files use: Oniguruma's for Ruby.
///
/// What is not understood is refused: lookbehind, back references, conditions, and cases that a text folds to another
/// number of characters. Groups only group.
/// - SeeAlso: Oniguruma's doc/RE and doc/SYNTAX.md
struct ExpressionParser {
    /// The deepest nesting that is accepted, which bounds the recursion here and in matching.
    static let deepestNesting = 50

    var scalars: [Unicode.Scalar]
    var position = 0
    var ignoresCase = false
    private var dotMatchesLineBreaks = false
    private var depth = 0
    /// Where the innermost group's alternatives start.
    private var start = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// Parses the whole expression.
    static func parse(_ text: String) throws(ExpressionError) -> ExpressionNode {
        var parser = ExpressionParser(text)
        let node = try parser.choice()
        guard parser.position == parser.scalars.count else { throw parser.error("a \")\" without \"(\"") }
        return node
    }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    func error(_ what: String) -> ExpressionError {
        ExpressionError(found: "\(what) at character \(position) of \(String(String.UnicodeScalarView(scalars)))")
    }

    /// Steps over a text if it comes next.
    mutating func skip(_ text: String) -> Bool {
        let expected = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func choice() throws(ExpressionError) -> ExpressionNode {
        guard depth < Self.deepestNesting else { throw error("more than \(Self.deepestNesting) nested groups") }
        depth += 1
        defer { depth -= 1 }
        let (outerCase, outerDot, outerStart) = (ignoresCase, dotMatchesLineBreaks, start)
        start = position
        var alternatives = [try sequence()]
        while skip("|") { alternatives.append(try sequence()) }
        (ignoresCase, dotMatchesLineBreaks, start) = (outerCase, outerDot, outerStart)
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(ExpressionError) -> ExpressionNode {
        var parts: [ExpressionNode] = []
        var letterBefore: Unicode.Scalar?
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = position
            let atom = try atom()
            let isLiteral = ignoresCase && position == start + 1 && scalar.isASCII
            if isLiteral, let before = letterBefore, Self.foldsToOne(before, scalar) {
                throw error("\"\(before)\(scalar)\" in any case, which some single characters fold to,")
            }
            letterBefore = isLiteral ? scalar : nil
            let repeated = try quantified(atom)
            if position > start + 1 { letterBefore = nil }
            parts.append(repeated)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// Whether two letters in any case also match a single character, as "ss" does "ß".
    private static func foldsToOne(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        ["ss", "ff", "fi", "fl", "st"].contains(
            String(String.UnicodeScalarView([first, second])).lowercased())
    }

    private mutating func atom() throws(ExpressionError) -> ExpressionNode {
        guard let scalar = next else { throw error("the end") }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try set())
        case ".":
            position += 1
            return .set(.complement(dotMatchesLineBreaks ? .ranges([]) : .scalars("\n")))
        case "^":
            position += 1
            return .anchor(.startOfLine)
        case "$":
            position += 1
            return .anchor(.endOfLine)
        case "\\": return try escape()
        case "*", "+", "?": throw error("\"\(scalar)\" without anything to repeat")
        default:
            position += 1
            return try literal(scalar)
        }
    }

    /// One character as it stands, in either case where case is ignored.
    func literal(_ scalar: Unicode.Scalar) throws(ExpressionError) -> ExpressionNode {
        guard ignoresCase else { return .scalar(scalar.value) }
        let variants = try caseVariants(of: scalar)
        return variants.count == 1 ? .scalar(scalar.value) : .set(.ranges(variants.map { $0.value...$0.value }))
    }

    /// The characters that equal this one where case is ignored.
    func caseVariants(of scalar: Unicode.Scalar) throws(ExpressionError) -> [Unicode.Scalar] {
        guard scalar.isASCII else {
            let properties = scalar.properties
            guard properties.lowercaseMapping == properties.uppercaseMapping else {
                throw error("\"\(scalar)\" in any case")
            }
            return [scalar]
        }
        let properties = scalar.properties
        guard properties.isAlphabetic else { return [scalar] }
        var variants = Array(
            (properties.lowercaseMapping + properties.uppercaseMapping).unicodeScalars)
        // The long s and the sign of Kelvin.
        if variants[0] == "s" { variants.append("\u{17F}") }
        if variants[0] == "k" { variants.append("\u{212A}") }
        return variants
    }

    private mutating func group() throws(ExpressionError) -> ExpressionNode {
        let opening = position
        position += 1
        let (outerCase, outerDot) = (ignoresCase, dotMatchesLineBreaks)
        var wrap: (ExpressionNode) -> ExpressionNode = { $0 }
        if skip("?#") {
            while let scalar = next, scalar != ")" { position += scalar == "\\" ? 2 : 1 }
            guard skip(")") else { throw error("\"(\" without \")\"") }
            return .sequence([])
        } else if skip("?:") {
        } else if skip("?>") {
            wrap = { .atomic($0) }
        } else if skip("?=") {
            wrap = { .lookahead($0, isNegated: false) }
        } else if skip("?!") {
            wrap = { .lookahead($0, isNegated: true) }
        } else if skip("?<=") || skip("?<!") {
            throw error("lookbehind")
        } else if skip("?<") {
            try groupName()
        } else if skip("?") {
            try options()
            if skip(")") {
                // Where they stand further on, they would end elsewhere.
                guard opening == start else { throw error("options in the midst of a group") }
                return .sequence([])
            }
            guard skip(":") else { throw error("a group with \"(?\"") }
        }
        let body = try choice()
        guard skip(")") else { throw error("\"(\" without \")\"") }
        (ignoresCase, dotMatchesLineBreaks) = (outerCase, outerDot)
        return wrap(body)
    }

    private mutating func groupName() throws(ExpressionError) {
        while let scalar = next, scalar != ">" {
            guard scalar == "_" || scalar.isASCII && Character(scalar).isLetter || Character(scalar).isNumber else {
                throw error("a group's name with \"\(scalar)\"")
            }
            position += 1
        }
        guard skip(">") else { throw error("a group's name without \">\"") }
    }

    /// Reads `i` and `m` behind `(?`, which last until the group ends.
    private mutating func options() throws(ExpressionError) {
        var isOn = true
        while let scalar = next, scalar != ")", scalar != ":" {
            switch scalar {
            case "-": isOn = false
            case "i": ignoresCase = isOn
            case "m": dotMatchesLineBreaks = isOn
            default: throw error("a group with \"(?\(scalar)\"")
            }
            position += 1
        }
    }
}
