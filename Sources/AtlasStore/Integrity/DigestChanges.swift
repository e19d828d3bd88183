import GRDB

/// How the digests of tables change as rows, known by their values, take each other's place.
struct DigestChanges {
    private var changes: [String: Digest] = [:]

    /// Adds the digest of rows that were written.
    mutating func add(_ digest: Digest, to table: String) { changes[table, default: Digest()] += digest }

    /// Takes away the digest of rows that are gone.
    mutating func take(_ digest: Digest, from table: String) {
        changes[table] = (changes[table] ?? Digest()) - digest
    }

    /// Takes away a row of whole numbers and of what `rest` adds to its hash.
    mutating func take(row numbers: [Int], from table: String, _ rest: (inout RowHash) -> Void = { _ in }) {
        var hash = RowHash(table: table)
        for value in numbers { hash.append(integer: Int64(value)) }
        rest(&hash)
        take(Digest(rowCount: 1, sum: hash.finished()), from: table)
    }

    /// Keeps the digests of the tables.
    func keep(in db: Database) throws {
        for (table, change) in changes { try TableDigests.add(change, to: table, in: db) }
    }
}
