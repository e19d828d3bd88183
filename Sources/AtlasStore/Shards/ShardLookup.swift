import GRDB
import Synchronization

/// Finds the shards of a file when its first connection opens, and makes every connection read from them.
final class ShardLookup: Sendable {
    private let file: String
    private let shards = Mutex<ShardSet?>(nil)

    /// - Parameter file: the file of the atlas, from whose folder its shards' paths go
    init(of file: String) { self.file = file }

    /// The shards; `nil` for an atlas that holds everything itself.
    var found: ShardSet? { shards.withLock { $0 } }

    /// Prepares a connection that was just opened.
    func prepare(_ db: Database) throws {
        let stored = try StoredShard.fetchAll(db, of: file)
        guard !stored.isEmpty else { return }
        let set = shards.withLock { known in
            let set = known ?? ShardSet(stored)
            known = set
            return set
        }
        try ShardViews.install(set, in: db)
    }
}
