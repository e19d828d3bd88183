/// What a JSON value may be taken for. A boolean is no number, a number no text, and a text of digits no number.
extension JSONValue {
    /// A whole number, written in whatever way: `12`, `12.0`, `1.2e1`.
    package var wholeNumber: Int? {
        switch self {
        case .integer(let integer): integer
        case .fraction(let number): Int(exactly: number)
        case .numeral(let digits): Int(digits) ?? Double(digits).flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    /// A finite number.
    package var number: Double? {
        let number: Double? =
            switch self {
            case .integer(let integer): Double(integer)
            case .fraction(let number): number
            case .numeral(let digits): Double(digits)
            default: nil
            }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// True or false.
    package var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }

    /// A text.
    package var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The elements of a list.
    package var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The members of an object.
    package var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

    /// Whether it is null.
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// What an error says was found: scalars are quoted, containers named.
    package var excerpt: String {
        switch self {
        case .null: "null"
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .fraction(let number): "\(number)"
        case .numeral(let digits): String(digits.prefix(Self.excerptLength))
        case .string(let text):
            text.count <= Self.excerptLength ? text.quotedInOneLine : "a text of \(text.utf8.count) bytes"
        case .array(let elements): "an array of \(elements.count)"
        case .object(let members): "an object of \(members.count) members"
        }
    }

    private static let excerptLength = 80
}

/// The members of a JSON object by name, byte for byte.
package struct JSONFieldTable: Sendable {
    private var values: [ExactText: JSONValue] = [:]
    /// Names that stand more than once, with values that are not the same.
    package private(set) var repeated: Set<ExactText> = []

    /// Takes the members of an object; of one that is repeated the last counts, as Python's reader has it.
    package init(_ members: [JSONMember]) {
        values.reserveCapacity(members.count)
        for member in members {
            let old = values.updateValue(member.value, forKey: ExactText(member.name))
            if let old, !old.isSame(as: member.value) { repeated.insert(ExactText(member.name)) }
        }
    }

    /// The value of a name.
    package subscript(name: String) -> JSONValue? { values[ExactText(name)] }

    /// All names, in order.
    package var names: [String] { values.keys.sorted().map(\.string) }
}

extension JSONValue {
    /// Whether both are the same value, members in the same order.
    fileprivate func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.fraction(let a), .fraction(let b)): a == b
        case (.numeral(let a), .numeral(let b)): a == b
        case (.string(let a), .string(let b)): ExactText(a) == ExactText(b)
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        case (.object(let a), .object(let b)):
            a.count == b.count
                && zip(a, b).allSatisfy { ExactText($0.name) == ExactText($1.name) && $0.value.isSame(as: $1.value) }
        default: false
        }
    }
}
