import Texts

extension JSONValue {
    /// Writes what is passed on without being understood: members in their order, numbers digit by digit.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.value(nil as String?)
        case .boolean(let boolean): writer.value(boolean)
        case .integer(let integer): writer.value(integer)
        case .fraction(let number): writer.value(number)
        case .numeral(let digits): writer.value(numeral: digits)
        case .string(let string): writer.value(string)
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.write(to: &writer) }
            }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    member.value.write(to: &writer)
                }
            }
        }
    }

    /// The value as JSON on one line, members in their order, numbers digit by digit.
    package var oneLine: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
