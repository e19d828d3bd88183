/// The columns of a row, found by asking the row's type how it is decoded: they are known where there is no row too.
///
/// A member has the name that it has in JSON; a member of an object stands behind the object's name and a dot, as in
/// `node.feature.layer`. Arrays and dictionaries are one column each.
struct RowColumns {
    /// Members to follow to each column's value, in the order of the type's properties.
    private(set) var paths: [[String]] = []

    /// The names of the columns.
    var names: [String] { paths.map { $0.joined(separator: ".") } }

    /// Asks a type.
    ///
    /// A type that reads itself in another way than member by member is no row: that is a mistake in this program.
    init<Row: Decodable>(of type: Row.Type) {
        let found = Found()
        do {
            _ = try Row(from: Asking(found: found, codingPath: []))
        } catch {
            preconditionFailure("\(type) is no row: \(error)")
        }
        paths = found.paths
    }

    private final class Found {
        var paths: [[String]] = []
    }

    /// A decoder that notes what is asked for and answers anything.
    private struct Asking: Decoder {
        let found: Found
        let codingPath: [any CodingKey]
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(AskedMembers(found: found, codingPath: codingPath))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw fault("an array") }

        func singleValueContainer() throws -> any SingleValueDecodingContainer { throw fault("a single value") }

        private func fault(_ found: String) -> DecodingError {
            .dataCorrupted(.init(codingPath: codingPath, debugDescription: "expected members, found \(found)"))
        }
    }

    private struct AskedMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let found: Found
        let codingPath: [any CodingKey]
        var allKeys: [Key] { [] }

        private func note(_ key: Key) { found.paths.append((codingPath + [key]).map(\.stringValue)) }

        private func noting<Value>(_ key: Key, _ value: Value) -> Value {
            note(key)
            return value
        }

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool { false }
        func decode(_ type: Bool.Type, forKey key: Key) -> Bool { noting(key, false) }
        func decode(_ type: String.Type, forKey key: Key) -> String { noting(key, "") }
        func decode(_ type: Double.Type, forKey key: Key) -> Double { noting(key, 0) }
        func decode(_ type: Float.Type, forKey key: Key) -> Float { noting(key, 0) }
        func decode(_ type: Int.Type, forKey key: Key) -> Int { noting(key, 0) }
        func decode(_ type: Int8.Type, forKey key: Key) -> Int8 { noting(key, 0) }
        func decode(_ type: Int16.Type, forKey key: Key) -> Int16 { noting(key, 0) }
        func decode(_ type: Int32.Type, forKey key: Key) -> Int32 { noting(key, 0) }
        func decode(_ type: Int64.Type, forKey key: Key) -> Int64 { noting(key, 0) }
        func decode(_ type: UInt.Type, forKey key: Key) -> UInt { noting(key, 0) }
        func decode(_ type: UInt8.Type, forKey key: Key) -> UInt8 { noting(key, 0) }
        func decode(_ type: UInt16.Type, forKey key: Key) -> UInt16 { noting(key, 0) }
        func decode(_ type: UInt32.Type, forKey key: Key) -> UInt32 { noting(key, 0) }
        func decode(_ type: UInt64.Type, forKey key: Key) -> UInt64 { noting(key, 0) }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            if let type = type as? any OneColumn.Type, let value = type.init() as? Value { return noting(key, value) }
            if let type = type as? any CaseIterable.Type, let value = type.anyCase as? Value {
                return noting(key, value)
            }
            return try Value(from: Asking(found: found, codingPath: codingPath + [key]))
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) -> Value? {
            let known = found.paths.count
            // A single value of its own, as an enumeration without a list of cases is, is a column all the same.
            if (try? decode(type, forKey: key)) == nil, found.paths.count == known { note(key) }
            return nil
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedDecodingContainer<Nested> {
            KeyedDecodingContainer(RowColumns.AskedMembers(found: found, codingPath: codingPath + [key]))
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try Asking(found: found, codingPath: codingPath + [key]).unkeyedContainer()
        }

        func superDecoder() -> any Decoder { Asking(found: found, codingPath: codingPath) }
        func superDecoder(forKey key: Key) -> any Decoder { Asking(found: found, codingPath: codingPath + [key]) }
    }
}

/// What stands in one column however much is in it.
private protocol OneColumn {
    init()
}

extension Array: OneColumn {}
extension Dictionary: OneColumn {}

extension CaseIterable {
    fileprivate static var anyCase: Self? { allCases.first }
}
