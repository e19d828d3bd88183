import Foundation
import GRDB
import Synchronization

/// The shards of an assembled atlas, opened as they are asked for.
///
/// Any number of threads may ask at once; those that ask one shard take turns. A shard that is missing, that another file
/// has taken the place of or that has changed since is told whenever something is wanted of it, and not before.
public final class ShardSet: Sendable {
    /// The shards, in order.
    public let shards: [StoredShard]

    /// Shards that are open, and when each was last asked.
    private struct Open {
        var connections: [Int: (connection: DatabaseQueue, asked: Int)] = [:]
        var clock = 0
    }

    private let open = Mutex(Open())

    /// Connections that are kept open.
    private let capacity: Int
    private static let cacheKibibytes = 1_024

    /// - Parameters:
    ///   - shards: at least one, with offsets that ascend
    ///   - capacity: connections that are kept open; each takes three of the process's files and some pages of memory
    init(_ shards: [StoredShard], capacity: Int = 128) {
        precondition(!shards.isEmpty && capacity > 0, "an assembled atlas has shards")
        self.shards = shards
        self.capacity = capacity
    }

    /// A packed column of the row with some id; of postings with the prompts' ids as they are here.
    func block(_ column: ShardColumn, id: Int) throws -> Data {
        guard column.key == .block, offset(number(holding: id, .block), .prompt) > 0 else {
            return try stored(column, id: id).block
        }
        let postings = try postings(block: id)
        do throws(BlockFault) { return try PostingBlock.encode(postings) } catch {
            throw error.inRow(id, of: "feature_postings.entries")
        }
    }

    /// The postings of a block, with the prompts' ids as they are here.
    func postings(block id: Int) throws -> [Posting] {
        let (shard, block) = try stored(.entries, id: id)
        let offset = Int64(shards[shard].promptOffset)
        do throws(BlockFault) {
            return try PostingBlock.decode(block).map {
                Posting(
                    feature: $0.feature, prompt: $0.prompt + offset, position: $0.position, activation: $0.activation)
            }
        } catch {
            throw error.inRow(id - shards[shard].blockOffset, of: "\(shards[shard].path): feature_postings.entries")
        }
    }

    /// Reads from a shard.
    func read<Value>(_ shard: Int, _ body: (Database) throws -> Value) throws -> Value {
        do {
            return try connection(shard).unsafeRead(body)
        } catch let error as DatabaseError {
            throw AtlasError.unusableShard(path: shards[shard].path, what: "one that cannot be read: \(error.reason)")
        }
    }

    /// A packed column as it is stored, from the same state of the file in which that is found to be unchanged.
    private func stored(_ column: ShardColumn, id: Int) throws -> (shard: Int, block: Data) {
        let number = number(holding: id, column.key)
        let own = id - offset(number, column.key)
        let block = try read(number) { db in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT t.\(column.name),
                            (SELECT digest FROM table_digests WHERE name = 'prompt_digests'),
                            (SELECT digest FROM table_digests WHERE name = 'feature_postings')
                        FROM \(column.table) t WHERE t.\(column.keyName) = ?
                        """), arguments: [own])
            guard let row, let block = Data.fromDatabaseValue(row[0]), isUnchanged(number, column.key, row[1], row[2])
            else { throw changed(number) }
            return block
        }
        return (number, block)
    }

    private func isUnchanged(_ shard: Int, _ key: ShardColumn.Key, _ facts: Int64?, _ postings: Int64?) -> Bool {
        facts == Int64(bitPattern: shards[shard].facts.sum)
            && (key != .block || postings == Int64(bitPattern: shards[shard].postings))
    }

    /// Throws unless a shard is there, with the facts and postings that were assembled.
    func requireUnchanged(_ shard: Int) throws {
        let (facts, postings) = try read(shard) { db in
            try (TableDigests.read("prompt_digests", in: db), TableDigests.read("feature_postings", in: db))
        }
        guard facts == shards[shard].facts, postings?.sum == shards[shard].postings else { throw changed(shard) }
    }

    private func changed(_ shard: Int) -> AtlasError {
        .unusableShard(path: shards[shard].path, what: "one that has changed")
    }

    private func offset(_ shard: Int, _ key: ShardColumn.Key) -> Int {
        switch key {
        case .prompt: shards[shard].promptOffset
        case .graph: shards[shard].graphOffset
        case .block: shards[shard].blockOffset
        }
    }

    /// The shard that a row comes from: the last whose ids begin before it.
    func number(holding id: Int, _ key: ShardColumn.Key) -> Int {
        // Blocks count from 0, other ids from 1.
        let least = key == .block ? id : id - 1
        var (low, high) = (0, shards.count)
        while low < high {
            let middle = (low + high) / 2
            if offset(middle, key) <= least { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// An open connection to a shard; the one that was asked longest ago makes room for a new one.
    private func connection(_ shard: Int) throws -> DatabaseQueue {
        let known = open.withLock { open -> DatabaseQueue? in
            open.clock += 1
            open.connections[shard]?.asked = open.clock
            return open.connections[shard]?.connection
        }
        if let known { return known }
        let fresh = try opened(shard)
        return open.withLock { open in
            // Another thread may have come first.
            if let other = open.connections[shard]?.connection { return other }
            if open.connections.count >= capacity,
                let oldest = open.connections.min(by: { $0.value.asked < $1.value.asked })?.key
            {
                // Whoever reads from it now keeps it until then.
                open.connections[oldest] = nil
            }
            open.connections[shard] = (fresh, open.clock)
            return fresh
        }
    }

    /// Opens a shard and looks whether it is the one that was assembled.
    private func opened(_ number: Int) throws -> DatabaseQueue {
        let shard = shards[number]
        let connection: DatabaseQueue
        let recorded: Digest?
        do {
            connection = try Atlas.connection(readingOnly: shard.path, cacheKibibytes: Self.cacheKibibytes)
            recorded = try connection.unsafeRead { db in try TableDigests.read("prompt_digests", in: db) }
        } catch AtlasError.missingFile {
            throw AtlasError.unusableShard(path: shard.path, what: "no file")
        } catch let error as DatabaseError {
            throw AtlasError.unusableShard(path: shard.path, what: "another file (\(error.reason))")
        } catch {
            throw AtlasError.unusableShard(path: shard.path, what: "another file (\(error))")
        }
        guard recorded == shard.facts else { throw changed(number) }
        return connection
    }
}
