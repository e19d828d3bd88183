import GRDB

/// The leading 64 bits of every prompt's content hash, by prompt id.
struct PromptHashes {
    private var prefixes: [UInt64] = []

    /// Reads all of them, from the index of content hashes.
    init(_ db: Database) throws {
        let last = try Int.fetchOne(db, sql: "SELECT max(id) FROM prompts") ?? 0
        guard 0..<1 << 32 ~= last else {
            throw AtlasError.damagedRow(column: "prompts.id", expected: "ids below 2^32", found: "\(last)")
        }
        var prefixes = [UInt64](repeating: 0, count: last + 1)
        try BlobScan.run(db, sql: "SELECT id, content_hash FROM prompts") { row in
            let id = try row.integer(0, named: "prompts.id", in: 0..<last + 1)
            prefixes[id] = try row.bigEndianPrefix(1)
        }
        self.prefixes = prefixes
    }

    /// Those of a prompt; 0 for one that is not stored, which verifying finds.
    func callAsFunction(_ prompt: Int) -> UInt64 { prefixes.indices ~= prompt ? prefixes[prompt] : 0 }
}
