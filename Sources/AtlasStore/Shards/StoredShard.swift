import Files
import Foundation
import GRDB

/// A shard of an assembled atlas, as it was when it was assembled.
///
/// An id in the assembled atlas is the shard's own id and an offset; offsets ascend with the shards' order.
public struct StoredShard: Sendable {
    /// Where its file lies.
    public var path: String
    /// `prompts.id` in the assembled atlas less the shard's own.
    public var promptOffset = 0
    /// Its prompts.
    public var promptCount = 0
    /// `graphs.id` in the assembled atlas less the shard's own.
    public var graphOffset = 0
    /// Its graphs.
    public var graphCount = 0
    /// `feature_postings.block` in the assembled atlas less the shard's own.
    var blockOffset = 0
    /// Its blocks of postings.
    var blockCount = 0
    /// Bytes of its packed activations, edges and heads, so that means over all shards need none of them.
    var bytes = (activations: 0, edges: 0, heads: 0)
    /// What its file records of its facts.
    var facts = Digest()
    /// What its file records of its postings, but how many blocks they are.
    var postings: UInt64 = 0

    /// A shard that was not looked at yet.
    init(path: String) { self.path = path }

    /// The shards of the atlas at `file`, in order; none for an atlas that holds everything itself.
    ///
    /// A file of an earlier schema, or that is no atlas, has none.
    static func fetchAll(_ db: Database, of file: String) throws -> [StoredShard] {
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == AtlasMigrator.applicationID,
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'shards')") == true
        else { return [] }
        let folder = FilePlace(file).folder
        return try Row.fetchAll(db, sql: "SELECT * FROM main.shards ORDER BY ordinal").map { stored in
            let row = StoredRow(stored)
            let path: String = try row["path"]
            var shard = StoredShard(path: path.hasPrefix("/") || folder == "." ? path : folder + "/" + path)
            shard.promptOffset = try row["prompt_offset"]
            shard.promptCount = try row["prompt_count"]
            shard.graphOffset = try row["graph_offset"]
            shard.graphCount = try row["graph_count"]
            shard.blockOffset = try row["block_offset"]
            shard.blockCount = try row["block_count"]
            shard.bytes = try (row["activation_bytes"], row["edge_bytes"], row["head_bytes"])
            // Digests are whole numbers of any size.
            guard let facts = Int64.fromDatabaseValue(stored["facts_digest"]),
                let postings = Int64.fromDatabaseValue(stored["postings_digest"])
            else { throw AtlasError.damagedRow(column: "shards", expected: "digests", found: "something else") }
            shard.facts = Digest(rowCount: shard.promptCount, sum: UInt64(bitPattern: facts))
            shard.postings = UInt64(bitPattern: postings)
            return shard
        }
    }

    /// Records the shards of the atlas at `file`.
    static func insert(_ shards: [StoredShard], of file: String, in db: Database) throws {
        let folder = absolute(FilePlace(file).folder) + "/"
        for (place, shard) in shards.enumerated() {
            let path = absolute(shard.path)
            let values: [any DatabaseValueConvertible] = [
                place + 1, path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path, shard.promptOffset,
                shard.promptCount, shard.graphOffset, shard.graphCount, shard.blockOffset, shard.blockCount,
                shard.bytes.activations, shard.bytes.edges, shard.bytes.heads, Int64(bitPattern: shard.facts.sum),
                Int64(bitPattern: shard.postings),
            ]
            try db.cachedStatement(
                sql: "INSERT INTO shards VALUES (\(values.map { _ in "?" }.joined(separator: ", ")))"
            ).execute(arguments: StatementArguments(values))
        }
        try TableDigests.record(["shards"], in: db)
    }

    /// A path from the root, through no link: a shard is found again by what its file is called.
    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
