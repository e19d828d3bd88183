/// Writes JSON in the order of the calls, into bytes.
///
/// Numbers take their shortest form that reads back as the same value; those that are not finite become `null`. U+2028
/// and U+2029 are escaped, so that the bytes are also a JavaScript expression.
package struct JSONWriter {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []

    private let escapesMarkup: Bool
    private var needsComma = false

    /// Begins with nothing; with `escapesMarkup` no `<` appears, so that no page can mistake a string for a tag.
    package init(escapesMarkup: Bool = false) {
        self.escapesMarkup = escapesMarkup
    }

    /// Writes an object whose fields `body` writes with `field`.
    mutating func object(_ body: (inout JSONWriter) -> Void) {
        container(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// Writes an array whose elements `body` writes.
    mutating func array(_ body: (inout JSONWriter) -> Void) {
        container(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    /// Writes the name of the field whose value comes next.
    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, or `null`.
    package mutating func value(_ value: String?) {
        guard let value else { return raw("null") }
        string(value)
    }

    /// Writes a whole number.
    mutating func value(_ value: Int) {
        raw(String(value))
    }

    /// Writes a number, or `null` for one that is not finite or not there.
    mutating func value(_ value: Float?) {
        guard let value, value.isFinite else { return raw("null") }
        raw(value == 0 ? "0" : value.description)
    }

    /// Writes a number, or `null` for one that is not finite or not there.
    mutating func value(_ value: Double?) {
        guard let value, value.isFinite else { return raw("null") }
        raw(value == 0 ? "0" : value.description)
    }

    /// Writes a number that was read as it is written.
    mutating func value(numeral: String) {
        raw(numeral)
    }

    /// Writes a boolean.
    mutating func value(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// Writes an array of strings.
    mutating func value(_ values: [String]) {
        array { writer in
            for value in values { writer.value(value) }
        }
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func container(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "<" where escapesMarkup: escape(scalar)
            case "\u{0}"..."\u{1f}", "\u{7f}", "\u{2028}", "\u{2029}": escape(scalar)
            default: bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
    }
}
