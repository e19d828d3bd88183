/// Makes values of JSON that strangers sent: what Foundation's decoder reads, without what it lets pass.
///
/// An object has each name once, told apart byte for byte; a text has no NUL, at which SQLite would cut it; a boolean is no
/// number; a number that its type does not hold (`1.5` for a whole one, `1e999`) is refused; nesting and size are bounded.
package enum JSONDecoding {
    /// Decodes the one value that `bytes` hold.
    ///
    /// - Parameter keepsNUL: texts with NUL are no fault, as in a graph that shows every token of a vocabulary
    /// - Throws: `DecodingError` that names the place; with an empty path where the text is no JSON.
    package static func decode<Content: Decodable>(
        _ type: Content.Type, from bytes: [UInt8], keepsNUL: Bool = false
    ) throws -> Content {
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONText.parse(bytes, keepingNumerals: true)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: [],
                    debugDescription:
                        "line \(error.line), column \(error.column): expected \(error.expected), found \(error.found)"))
        }
        do {
            return try JSONValueDecoder(value: value, codingPath: [], keepsNUL: keepsNUL).decode(type)
        } catch let error as DecodingError {
            throw error.inOneLine
        }
    }
}

extension DecodingError {
    /// The same with its words on one line: those of the standard library repeat a value that is no choice as it came.
    fileprivate var inOneLine: DecodingError {
        func changed(_ context: Context) -> Context {
            Context(
                codingPath: context.codingPath, debugDescription: context.debugDescription.inOneLine,
                underlyingError: context.underlyingError)
        }
        return switch self {
        case .typeMismatch(let type, let context): .typeMismatch(type, changed(context))
        case .valueNotFound(let type, let context): .valueNotFound(type, changed(context))
        case .keyNotFound(let key, let context): .keyNotFound(key, changed(context))
        case .dataCorrupted(let context): .dataCorrupted(changed(context))
        @unknown default: self
        }
    }
}

/// One value at its place.
private struct JSONValueDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]
    let keepsNUL: Bool
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<Content: Decodable>(_ type: Content.Type) throws -> Content { try type.init(from: self) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.members else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(
            JSONObjectContainer<Key>(try JSONObjectFields(members, at: codingPath, keepsNUL: keepsNUL)))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.elements else { throw mismatch([Any].self) }
        return JSONArrayContainer(elements: elements, codingPath: codingPath, keepsNUL: keepsNUL)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func mismatch(_ type: Any.Type) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "found \(value.excerpt)")
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    func corrupted(_ description: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: description))
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value.isNull }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let flag = value.boolean else { throw mismatch(type) }
        return flag
    }

    func decode(_ type: String.Type) throws -> String {
        guard let text = value.string else { throw mismatch(type) }
        guard keepsNUL || !text.utf8.contains(0) else {
            throw corrupted("expected text without \\u0000, found \(value.excerpt)")
        }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double { try floating(type) }
    func decode(_ type: Float.Type) throws -> Float { try floating(type) }
    func decode(_ type: Int.Type) throws -> Int { try whole(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }

    private func whole<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard case .numeral(let digits) = value else { throw mismatch(type) }
        // `12.0` and `1e3` are whole numbers too.
        if let number = Number(digits) ?? Double(digits).flatMap({ Number(exactly: $0) }) { return number }
        throw corrupted("expected a whole number from \(Number.min) to \(Number.max), found \(value.excerpt)")
    }

    private func floating<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: Number.Type
    ) throws -> Number {
        guard case .numeral(let digits) = value else { throw mismatch(type) }
        guard let number = Number(digits), number.isFinite else {
            throw corrupted("expected a number that fits, found \(value.excerpt)")
        }
        return number
    }
}

/// The members of an object at its place.
private struct JSONObjectFields {
    let codingPath: [any CodingKey]
    let keepsNUL: Bool
    private var values: [ExactText: JSONValue] = [:]

    init(_ members: [JSONMember], at path: [any CodingKey], keepsNUL: Bool) throws {
        codingPath = path
        self.keepsNUL = keepsNUL
        values.reserveCapacity(members.count)
        for member in members where values.updateValue(member.value, forKey: ExactText(member.name)) != nil {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: path,
                    debugDescription: "expected each name once, found \(member.name.quotedInOneLine) twice"))
        }
    }

    var names: [String] { values.keys.map(\.string) }

    subscript(name: String) -> JSONValue? { values[ExactText(name)] }
}

private struct JSONObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let fields: JSONObjectFields
    var codingPath: [any CodingKey] { fields.codingPath }
    var allKeys: [Key] { fields.names.compactMap { Key(stringValue: $0) } }

    init(_ fields: JSONObjectFields) { self.fields = fields }

    private func decoder(_ key: any CodingKey) throws -> JSONValueDecoder {
        guard let value = fields[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, DecodingError.Context(codingPath: codingPath, debugDescription: "found no \(key.stringValue)"))
        }
        return JSONValueDecoder(value: value, codingPath: codingPath + [key], keepsNUL: fields.keepsNUL)
    }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
    func decode<Content: Decodable>(_ type: Content.Type, forKey key: Key) throws -> Content {
        try decoder(key).decode(type)
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { try decoder(JSONPlace("super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct JSONArrayContainer: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    let codingPath: [any CodingKey]
    let keepsNUL: Bool
    private(set) var currentIndex = 0
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    init(elements: [JSONValue], codingPath: [any CodingKey], keepsNUL: Bool) {
        self.elements = elements
        self.codingPath = codingPath
        self.keepsNUL = keepsNUL
    }

    private mutating func next<Content>(_ type: Content.Type, _ body: (JSONValueDecoder) throws -> Content) throws
        -> Content
    {
        let place = codingPath + [JSONPlace(currentIndex)]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type, DecodingError.Context(codingPath: place, debugDescription: "found the end of the list"))
        }
        let result = try body(
            JSONValueDecoder(value: elements[currentIndex], codingPath: place, keepsNUL: keepsNUL))
        currentIndex += 1
        return result
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode<Content: Decodable>(_ type: Content.Type) throws -> Content {
        try next(type) { try $0.decode(type) }
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
        -> KeyedDecodingContainer<Nested>
    { try next(KeyedDecodingContainer<Nested>.self) { try $0.container(keyedBy: type) } }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next((any UnkeyedDecodingContainer).self) { try $0.unkeyedContainer() }
    }
    mutating func superDecoder() throws -> any Decoder { try next((any Decoder).self) { $0 } }
}

/// A place in a list, or a name that no type has.
private struct JSONPlace: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ index: Int) {
        stringValue = "Index \(index)"
        intValue = index
    }
    init(_ name: String) {
        stringValue = name
        intValue = nil
    }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }
}
