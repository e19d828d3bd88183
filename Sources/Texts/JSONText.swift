/// One JSON value, its objects in the order of the text and with every member, repeated names included.
///
/// Foundation's parser puts members into a dictionary keyed by `String`, which takes canonically equivalent names
/// for equal; a vocabulary may hold `é` in both its composed and its decomposed form.
package enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case fraction(Double)
    /// A number as it is written, in place of the two above where the parser was asked to keep numerals.
    case numeral(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

/// One name and value of a JSON object.
package struct JSONMember: Sendable {
    package let name: String
    package let value: JSONValue
}

/// Where a text stops being JSON.
package struct JSONSyntaxError: Error {
    package let line: Int
    package let column: Int
    package let expected: String
    package let found: String
}

/// A strict parser of JSON text (RFC 8259) that keeps member order and refuses nesting beyond `deepestNesting`.
///
/// - Complexity: O(bytes)
package struct JSONText {
    /// The nesting that the reference's parser allows; it also bounds the recursion here.
    package static let deepestNesting = 127

    /// Values of one text: a tokenizer of a quarter million tokens has two million, and what has many more is not read into
    /// memory.
    package static let mostValues = 1 << 24
    /// Values of one member where members are given one after the other.
    private static let mostValuesOfPart = 1 << 16

    private let bytes: UnsafeBufferPointer<UInt8>
    private let keepsNumerals: Bool
    private var position = 0
    private var depth = 0
    private var valuesLeft = Self.mostValues
    /// Whether members of the outermost object are not kept.
    private var isGivenAway = false

    /// Parses `bytes`, which hold exactly one value and white space around it.
    ///
    /// - Parameter keepingNumerals: give numbers as they are written: no digit is lost, whatever their size
    package static func parse(
        _ bytes: [UInt8], keepingNumerals: Bool = false
    ) throws(JSONSyntaxError) -> JSONValue {
        let result = bytes.withUnsafeBufferPointer { (buffer) -> Result<JSONValue, JSONSyntaxError> in
            var text = JSONText(bytes: buffer, keepsNumerals: keepingNumerals)
            do throws(JSONSyntaxError) {
                let value = try text.value()
                text.skipWhiteSpace()
                guard text.position == buffer.count else { throw text.error("the end of the text") }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Gives the members of an object to `body` one after the other: only one is in memory at a time.
    ///
    /// - Parameter body: false ends the reading
    /// - Throws: where the text is no object, or stops being JSON before `body` ends it.
    package static func forEachMember(
        of bytes: UnsafeBufferPointer<UInt8>, _ body: (JSONMember) -> Bool
    ) throws(JSONSyntaxError) {
        var text = JSONText(bytes: bytes, keepsNumerals: false)
        text.skipWhiteSpace()
        guard text.next == UInt8(ascii: "{") else { throw text.error("an object") }
        text.isGivenAway = true
        guard try text.members(body) else { return }
        text.skipWhiteSpace()
        guard text.position == bytes.count else { throw text.error("the end of the text") }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, keepsNumerals: Bool) {
        self.bytes = bytes
        self.keepsNumerals = keepsNumerals
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipWhiteSpace()
        guard valuesLeft > 0 else {
            throw error("at most \(isGivenAway ? Self.mostValuesOfPart : Self.mostValues) values")
        }
        valuesLeft -= 1
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try keyword("true", .boolean(true))
        case UInt8(ascii: "f"): return try keyword("false", .boolean(false))
        case UInt8(ascii: "n"): return try keyword("null", .null)
        case UInt8(ascii: "-"): return try number()
        case let byte? where isDigit(byte): return try number()
        default: throw error("a JSON value")
        }
    }

    private mutating func keyword(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[offset] else { throw error("\"\(word)\"") }
            position += 1
        }
        return value
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        var members: [JSONMember] = []
        _ = try self.members { member in
            members.append(member)
            return true
        }
        return .object(members)
    }

    /// Reads an object's members until `body` says false; whether it never did.
    private mutating func members(_ body: (JSONMember) -> Bool) throws(JSONSyntaxError) -> Bool {
        try enter()
        skipWhiteSpace()
        if next == UInt8(ascii: "}") {
            leave()
            return true
        }
        while true {
            skipWhiteSpace()
            guard next == UInt8(ascii: "\"") else { throw error("a member name in quotes") }
            let name = try string()
            skipWhiteSpace()
            guard next == UInt8(ascii: ":") else { throw error("\":\"") }
            position += 1
            if isGivenAway, depth == 1 { valuesLeft = Self.mostValuesOfPart }
            guard body(JSONMember(name: name, value: try value())) else { return false }
            skipWhiteSpace()
            if next == UInt8(ascii: "}") { break }
            guard next == UInt8(ascii: ",") else { throw error("\",\" or \"}\"") }
            position += 1
        }
        leave()
        return true
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        skipWhiteSpace()
        if next == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            elements.append(try value())
            skipWhiteSpace()
            if next == UInt8(ascii: "]") { break }
            guard next == UInt8(ascii: ",") else { throw error("\",\" or \"]\"") }
            position += 1
        }
        leave()
        return .array(elements)
    }

    /// Steps over an opening bracket.
    private mutating func enter() throws(JSONSyntaxError) {
        guard depth < Self.deepestNesting else { throw error("at most \(Self.deepestNesting) nested values") }
        depth += 1
        position += 1
    }

    /// Steps over a closing bracket.
    private mutating func leave() {
        depth -= 1
        position += 1
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard let first = next, isDigit(first) else { throw error("a digit") }
        while let byte = next, isDigit(byte) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        var isInteger = true
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let literal = String(decoding: bytes[start..<position], as: UTF8.self)
        if keepsNumerals { return .numeral(literal) }
        if isInteger, let integer = Int(literal) { return .integer(integer) }
        guard let fraction = Double(literal) else { throw error("a number") }
        return .fraction(fraction)
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[start..<position - 1])
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error("an escaped control character") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                unescaped.append(contentsOf: String(try escape()).utf8)
            } else {
                unescaped.append(byte)
            }
        }
        guard next != nil else { throw error("\"\\\"\"") }
        position += 1
        return try text(unescaped[...])
    }

    private func text(_ bytes: some Collection<UInt8>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error("a string in UTF-8", found: "other bytes before this place")
        }
        return text
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let letter = next
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            position -= 1
            throw error("an escape letter")
        }
        let unit = try fourHexadecimalDigits()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, next == UInt8(ascii: "\\") else { throw error("a pair of surrogates") }
        position += 1
        guard next == UInt8(ascii: "u") else { throw error("a low surrogate") }
        position += 1
        let low = try fourHexadecimalDigits()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        else { throw error("a low surrogate") }
        return scalar
    }

    private mutating func fourHexadecimalDigits() throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    private func error(_ expected: String, found: String? = nil) -> JSONSyntaxError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = position - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        let excerpt = String(decoding: bytes[before.endIndex...].prefix(12), as: UTF8.self)
        let actual = found ?? (next == nil ? "the end of the text" : excerpt.quotedInOneLine)
        return JSONSyntaxError(line: line, column: column, expected: expected, found: actual)
    }
}
