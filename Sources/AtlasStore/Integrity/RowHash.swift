import GRDBSQLite

/// The 64-bit hash of one row: SipHash-2-4 over the table's name and the row's values.
///
/// A value is written as words of 64 bits, so that no two rows are written alike: one word with its type in the highest
/// byte and its length in the others, then an integer or a real number's bit pattern, or the bytes of a text or blob,
/// lowest first, the last word filled up with zeros. The table's name comes first, as a text.
///
/// It finds what changes by accident, with a chance of 2^-64 to miss; it is no seal, as everyone knows its key.
/// - SeeAlso: Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF"
struct RowHash {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var wordCount: UInt64 = 0

    /// The key that digests are made with: "feature atlas v1".
    static let key: (UInt64, UInt64) = (0x2065_7275_7461_6566, 0x3176_2073_616C_7461)

    init(key: (UInt64, UInt64) = Self.key) {
        v0 = 0x736F_6D65_7073_6575 ^ key.0
        v1 = 0x646F_7261_6E64_6F6D ^ key.1
        v2 = 0x6C79_6765_6E65_7261 ^ key.0
        v3 = 0x7465_6462_7974_6573 ^ key.1
    }

    /// The state after a table's name, from which every row of it goes on.
    init(table: String) {
        self.init()
        var name = table
        name.withUTF8 { append(type: UInt64(SQLITE_TEXT), bytes: UnsafeRawBufferPointer($0)) }
    }

    private mutating func round() {
        v0 &+= v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }

    /// Takes eight bytes more, lowest first.
    mutating func append(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
        wordCount &+= 1
    }

    private mutating func append(type: UInt64, bytes: UnsafeRawBufferPointer) {
        append(type << 56 | UInt64(bytes.count))
        var place = 0
        while place + 8 <= bytes.count {
            append(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place += 8
        }
        guard place < bytes.count else { return }
        var last: UInt64 = 0
        for (shift, byte) in bytes[place...].enumerated() { last |= UInt64(byte) << (8 * UInt64(shift)) }
        append(last)
    }

    /// Takes an integer.
    mutating func append(integer value: Int64) {
        append(UInt64(SQLITE_INTEGER) << 56 | 8)
        append(UInt64(bitPattern: value))
    }

    /// Takes a real number.
    mutating func append(real value: Double) {
        append(UInt64(SQLITE_FLOAT) << 56 | 8)
        append(value.bitPattern)
    }

    /// Takes the bytes of a text.
    mutating func append(text bytes: UnsafeRawBufferPointer) { append(type: UInt64(SQLITE_TEXT), bytes: bytes) }

    /// Takes the bytes of a blob.
    mutating func append(blob bytes: UnsafeRawBufferPointer) { append(type: UInt64(SQLITE_BLOB), bytes: bytes) }

    /// Takes the values of the row that a statement stands at, from a column on.
    mutating func append(rowOf statement: OpaquePointer?, from first: Int32 = 0) {
        for column in first..<sqlite3_data_count(statement) {
            let type = sqlite3_column_type(statement, column)
            switch type {
            case SQLITE_INTEGER: append(integer: sqlite3_column_int64(statement, column))
            case SQLITE_FLOAT: append(real: sqlite3_column_double(statement, column))
            case SQLITE_NULL: append(UInt64(type) << 56)
            default:
                let start =
                    type == SQLITE_TEXT
                    ? UnsafeRawPointer(sqlite3_column_text(statement, column)) : sqlite3_column_blob(statement, column)
                let count = Int(sqlite3_column_bytes(statement, column))
                append(
                    type: UInt64(type), bytes: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
            }
        }
    }

    /// The hash of all that was taken.
    func finished() -> UInt64 {
        var state = self
        state.append((wordCount &* 8) << 56)
        state.v2 ^= 0xFF
        for _ in 0..<4 { state.round() }
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }
}
