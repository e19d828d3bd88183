import Foundation

/// Any JSON, for what is passed on without being understood.
indirect enum JSONValue: Decodable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let object = try? container.decode([String: JSONValue].self) {
            self = .object(object)
        } else if let array = try? container.decode([JSONValue].self) {
            self = .array(array)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// Writes the value; the fields of a graph's metadata keep their usual order, others follow by name.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.value(nil as String?)
        case .boolean(let boolean): writer.value(boolean)
        case .integer(let integer): writer.value(integer)
        case .number(let number): writer.value(number)
        case .string(let string): writer.value(string)
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.write(to: &writer) }
            }
        case .object(let fields):
            writer.object { writer in
                for key in fields.keys.sorted(by: Self.precedes) {
                    writer.key(key)
                    fields[key]!.write(to: &writer)
                }
            }
        }
    }

    private static let usualOrder = [
        "slug", "scan", "transcoder_list", "prompt_tokens", "prompt", "node_threshold", "schema_version",
    ]

    private static func precedes(_ left: String, _ right: String) -> Bool {
        let leftRank = usualOrder.firstIndex(of: left) ?? usualOrder.count
        let rightRank = usualOrder.firstIndex(of: right) ?? usualOrder.count
        return (leftRank, left) < (rightRank, right)
    }
}
