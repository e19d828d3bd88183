import Foundation

/// What types' values look like in JSON, told by the types themselves.
///
/// A type is asked to decode itself from a decoder that has no values: which members it asks for, of which types, and which
/// of them it can do without, is what it writes, too. So a description cannot fall behind the types: there is no second
/// list. What writes itself in another way, as an enumeration with values does, says how: ``SchemaDeclared``.
struct TypeDescription {
    /// The schemas of all structures met so far, by name.
    private(set) var components: [String: JSONSchema] = [:]
    private var names: [String: ObjectIdentifier] = [:]

    /// The schema of a type; those of the structures in it become components.
    mutating func schema(of type: Any.Type) -> JSONSchema {
        switch type {
        case is String.Type: return JSONSchema(type: "string")
        case is Bool.Type: return JSONSchema(type: "boolean")
        case is Double.Type, is Float.Type: return JSONSchema(type: "number")
        case is any UnsignedInteger.Type:
            var schema = JSONSchema(type: "integer")
            schema.minimum = 0
            return schema
        case is any FixedWidthInteger.Type: return JSONSchema(type: "integer")
        case let type as any SchemaCollection.Type: return type.schema(in: &self)
        case let type as any (CaseIterable & RawRepresentable).Type: return Self.words(type)
        default: break
        }
        let name = Self.name(type)
        if let known = names[name] {
            precondition(known == ObjectIdentifier(type), "two types are called \(name)")
            return JSONSchema(component: name)
        }
        names[name] = ObjectIdentifier(type)
        if let type = type as? any SchemaDeclared.Type {
            components[name] = type.schema(in: &self)
        } else if let type = type as? any Decodable.Type {
            components[name] = members(of: type)
        } else {
            preconditionFailure("\(type) does not say what it looks like in JSON")
        }
        return JSONSchema(component: name)
    }

    private mutating func members(of type: any Decodable.Type) -> JSONSchema {
        let walk = MemberWalk()
        do { _ = try type.init(from: WalkedDecoder(walk)) } catch {
            preconditionFailure("\(type) cannot be described: \(error)")
        }
        precondition(!walk.members.isEmpty, "\(type) has no members")
        var properties: [String: JSONSchema] = [:]
        for member in walk.members { properties[member.name] = schema(of: member.type) }
        let schema = JSONSchema(
            properties: properties, required: walk.members.filter { !walk.optional.contains($0.name) }.map(\.name))
        guard let body = type as? any RequestBody.Type else { return schema }
        var members = RequestBodyMembers(schema)
        body.refine(&members)
        return members.schema
    }

    /// The schema of an enumeration of words.
    private static func words<Word: CaseIterable & RawRepresentable>(_ type: Word.Type) -> JSONSchema {
        var schema = JSONSchema(type: "string")
        schema.enumeration = type.allCases.map { $0.rawValue as? String ?? "" }
        precondition(schema.enumeration?.contains("") == false, "\(type) is no enumeration of words")
        return schema
    }

    /// `FeatureReportExample` for `AtlasQuery.FeatureReport.Example`, `ItemListOfLogitListItem` for a list's part.
    private static func name(_ type: Any.Type) -> String {
        let parts = String(reflecting: type).split { "<>, ".contains($0) }
        return parts.map { $0.split(separator: ".").dropFirst().joined() }.joined(separator: "Of")
    }
}

/// A type that writes its JSON in another way than member by member.
protocol SchemaDeclared {
    /// What its values look like.
    static func schema(in description: inout TypeDescription) -> JSONSchema
    /// Some value, for what holds one; `nil` where nothing that is decoded does.
    static var anyValue: Self? { get }
}

extension SchemaDeclared {
    static var anyValue: Self? { nil }

    /// An object whose members are these properties of the type, under their names.
    static func schema(
        of members: KeyValuePairs<String, PartialKeyPath<Self>>, in description: inout TypeDescription
    ) -> JSONSchema {
        var properties: [String: JSONSchema] = [:]
        var required: [String] = []
        for (name, path) in members {
            let type = Swift.type(of: path).valueType
            if let optional = type as? any OptionalValue.Type {
                properties[name] = description.schema(of: optional.wrapped)
            } else {
                properties[name] = description.schema(of: type)
                required.append(name)
            }
        }
        return JSONSchema(properties: properties, required: required)
    }
}

/// A list, a dictionary or an optional: described by what is in it.
private protocol SchemaCollection {
    static func schema(in description: inout TypeDescription) -> JSONSchema
    /// One with nothing in it.
    static var empty: Self { get }
}

private protocol OptionalValue { static var wrapped: Any.Type { get } }

extension Array: SchemaCollection {
    fileprivate static func schema(in description: inout TypeDescription) -> JSONSchema {
        JSONSchema(listOf: description.schema(of: Element.self))
    }
    fileprivate static var empty: Self { [] }
}

extension Optional: SchemaCollection, OptionalValue {
    fileprivate static func schema(in description: inout TypeDescription) -> JSONSchema {
        JSONSchema(anyOf: [description.schema(of: Wrapped.self), JSONSchema(type: "null")])
    }
    fileprivate static var empty: Self { nil }
    fileprivate static var wrapped: Any.Type { Wrapped.self }
}

extension Dictionary: SchemaCollection {
    fileprivate static func schema(in description: inout TypeDescription) -> JSONSchema {
        precondition(Key.self is any CodingKeyRepresentable.Type, "\(Key.self) is no name of a member")
        return JSONSchema(membersOf: description.schema(of: Value.self))
    }
    fileprivate static var empty: Self { [:] }
}

/// What a type asked a decoder for.
private final class MemberWalk {
    var members: [(name: String, type: Any.Type)] = []
    var optional: Set<String> = []
}

/// A decoder without values: whatever is asked for is zero, empty or made in the same way.
private struct WalkedDecoder: Decoder {
    let walk: MemberWalk
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ walk: MemberWalk) { self.walk = walk }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(WalkedMembers<Key>(walk))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Undescribed(what: "a list by hand") }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Undescribed(what: "a single value") }
}

private struct Undescribed: Error {
    let what: String
}

private struct WalkedMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let walk: MemberWalk
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    init(_ walk: MemberWalk) { self.walk = walk }

    func contains(_ key: Key) -> Bool { true }

    /// Only what can be absent is asked about.
    func decodeNil(forKey key: Key) throws -> Bool {
        walk.optional.insert(key.stringValue)
        return false
    }

    private func note<Value>(_ key: Key, _ value: Value) -> Value {
        walk.members.append((key.stringValue, Value.self))
        return value
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { note(key, false) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { note(key, "") }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { note(key, 0) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { note(key, 0) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { note(key, 0) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { note(key, 0) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { note(key, 0) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { note(key, 0) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { note(key, 0) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { note(key, 0) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { note(key, 0) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { note(key, 0) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { note(key, 0) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { note(key, 0) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if let collection = type as? any SchemaCollection.Type, let empty = collection.empty as? Value {
            return note(key, empty)
        }
        if let words = type as? any CaseIterable.Type, let first = Self.first(words) as? Value {
            return note(key, first)
        }
        if let declared = type as? any SchemaDeclared.Type, let value = declared.anyValue as? Value {
            return note(key, value)
        }
        return note(key, try type.init(from: WalkedDecoder(MemberWalk())))
    }

    private static func first<Word: CaseIterable>(_ type: Word.Type) -> Any? { type.allCases.first }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw Undescribed(what: "members of \(key.stringValue) by hand") }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw Undescribed(what: "a list of \(key.stringValue) by hand")
    }
    func superDecoder() throws -> any Decoder { throw Undescribed(what: "a superclass") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw Undescribed(what: "a superclass") }
}
