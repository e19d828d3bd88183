/// Sets in brackets, and the escapes that stand for sets and characters.
extension ExpressionParser {
    /// Reads what follows a backslash outside of brackets.
    mutating func escape() throws(ExpressionError) -> ExpressionNode {
        let start = position
        position += 1
        guard let letter = next else { throw error("\"\\\" at the end") }
        switch letter {
        case "A": position += 1; return .anchor(.startOfText)
        case "z": position += 1; return .anchor(.endOfText)
        case "Z": position += 1; return .anchor(.endOfTextBeforeLineBreak)
        case "b": position += 1; return .anchor(.wordBoundary)
        case "B": position += 1; return .anchor(.noWordBoundary)
        default: break
        }
        position = start
        if let set = try escapedSet(word: .wordAlone) { return .set(set) }
        return try literal(try escapedScalar())
    }

    /// Reads an escape that stands for a set; nil, and nothing read, for any other.
    ///
    /// - Parameter word: what `\w` is: another set inside of brackets than outside, as in the reference
    private mutating func escapedSet(word: ScalarSetTree = .word) throws(ExpressionError) -> ScalarSetTree? {
        guard position + 1 < scalars.count else { throw error("\"\\\" at the end") }
        let letter = scalars[position + 1]
        let set: ScalarSetTree
        switch letter {
        case "s": set = .whiteSpace
        case "S": set = .complement(.whiteSpace)
        case "d": set = .categories(.decimalNumber)
        case "D": set = .complement(.categories(.decimalNumber))
        case "w": set = word
        case "W": set = .complement(word)
        case "h": set = .ranges([0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "H": set = .complement(.ranges([0x30...0x39, 0x41...0x46, 0x61...0x66]))
        case "p", "P":
            position += 2
            return try property(isNegated: letter == "P")
        default: return nil
        }
        position += 2
        if ignoresCase, letter == "w" || letter == "W" { throw error("\"\\\(letter)\" in any case") }
        return set
    }

    private mutating func property(isNegated: Bool) throws(ExpressionError) -> ScalarSetTree {
        guard skip("{") else { throw error("\"\\p\" without \"{\"") }
        let isInverted = skip("^")
        var name = ""
        while let scalar = next, scalar != "}" {
            if !" -_".unicodeScalars.contains(scalar) { name.unicodeScalars.append(scalar) }
            position += 1
        }
        guard skip("}") else { throw error("\"\\p{\" without \"}\"") }
        guard let set = ScalarProperty.named(name.lowercased()) else { throw error("\"\\p{\(name)}\"") }
        if ignoresCase { throw error("\"\\p{\(name)}\" in any case") }
        return isNegated != isInverted ? .complement(set) : set
    }

    /// Reads an escape that stands for one character.
    private mutating func escapedScalar() throws(ExpressionError) -> Unicode.Scalar {
        position += 1
        guard let letter = next else { throw error("\"\\\" at the end") }
        position += 1
        switch letter {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "a": return "\u{7}"
        case "e": return "\u{1B}"
        case "x": return try skip("{") ? hexadecimal(upTo: 8, closing: true) : hexadecimal(upTo: 2, closing: false)
        case "u": return try hexadecimal(upTo: 4, closing: false)
        default: break
        }
        if letter.isASCII, letter.properties.isAlphabetic || letter.properties.numericType != nil {
            position -= 1
            throw error("\"\\\(letter)\"")
        }
        return letter
    }

    private mutating func hexadecimal(upTo count: Int, closing: Bool) throws(ExpressionError) -> Unicode.Scalar {
        var code: UInt32 = 0
        var digits = 0
        while digits < count, let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII {
            code = code << 4 | UInt32(digit)
            position += 1
            digits += 1
        }
        guard digits > 0, closing ? skip("}") : digits == count else { throw error("a code that is not complete") }
        // Two digits are a byte in UTF-8, not a character.
        guard let scalar = Unicode.Scalar(code), closing || count > 2 || code < 0x80 else {
            throw error("a code that is no character")
        }
        return scalar
    }

    /// Reads a set in brackets, with sets inside and intersections by `&&`.
    mutating func set(depth: Int = 0) throws(ExpressionError) -> ScalarSetTree {
        guard depth < Self.deepestNesting else { throw error("more than \(Self.deepestNesting) nested sets") }
        position += 1
        let isNegated = skip("^")
        var intersected: [ScalarSetTree] = []
        var parts: [ScalarSetTree] = []
        guard next != "]" else { throw error("an empty set") }
        while true {
            guard let scalar = next else { throw error("\"[\" without \"]\"") }
            if scalar == "]" { break }
            if skip("&&") {
                intersected.append(.union(parts))
                parts = []
            } else if scalar == "[" {
                if position + 1 < scalars.count, scalars[position + 1] == ":", let named = try bracketClass() {
                    parts.append(named)
                } else {
                    parts.append(try set(depth: depth + 1))
                }
            } else if scalar == "\\", let escaped = try escapedSet() {
                parts.append(escaped)
            } else {
                parts.append(try range())
            }
        }
        position += 1
        intersected.append(.union(parts))
        let set = intersected.count == 1 ? intersected[0] : .intersection(intersected)
        return isNegated ? .complement(set) : set
    }

    /// Reads one character, or a range of them.
    private mutating func range() throws(ExpressionError) -> ScalarSetTree {
        let first = try setScalar()
        guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
            let variants = ignoresCase ? try caseVariants(of: first) : [first]
            return .ranges(variants.map { $0.value...$0.value })
        }
        position += 1
        guard next != "[" else { throw error("a range that ends in a set") }
        let last = try setScalar()
        guard first.value <= last.value else { throw error("a range that ends before it begins") }
        guard ignoresCase else { return .ranges([first.value...last.value]) }
        guard last.isASCII else { throw error("a range beyond ASCII in any case") }
        var variants: [ClosedRange<UInt32>] = []
        for code in first.value...last.value {
            guard let scalar = Unicode.Scalar(code) else { continue }
            variants += try caseVariants(of: scalar).map { $0.value...$0.value }
        }
        return .ranges(variants)
    }

    private mutating func setScalar() throws(ExpressionError) -> Unicode.Scalar {
        guard let scalar = next else { throw error("\"[\" without \"]\"") }
        if scalar == "\\" {
            if position + 1 < scalars.count, scalars[position + 1] == "b" {
                position += 2
                return "\u{8}"
            }
            return try escapedScalar()
        }
        position += 1
        return scalar
    }

    /// Reads `[:alpha:]`; nil, and nothing read, where the bracket begins an ordinary set.
    private mutating func bracketClass() throws(ExpressionError) -> ScalarSetTree? {
        let start = position
        position += 2
        let isNegated = skip("^")
        var name = ""
        while let scalar = next, scalar.isASCII, scalar.properties.isAlphabetic {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard skip(":]") else {
            position = start
            return nil
        }
        guard !ignoresCase, let set = ScalarProperty.bracketed(name) else { throw error("\"[:\(name):]\"") }
        return isNegated ? .complement(set) : set
    }
}
