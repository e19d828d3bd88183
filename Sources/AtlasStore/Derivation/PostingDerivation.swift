import Circuits
import GRDB

/// Writes the activations again, inverted: blocks sorted by feature, prompt id and position.
///
/// What new prompts bring is a run of its own behind the others. As in a log-structured merge tree a run that is not larger
/// than all behind it together is joined with them, so that of n activations there are at most log2(n) runs, and each is
/// written as often at most.
struct PostingDerivation {
    let identity: AtlasIdentity

    /// Writes those of all prompts, where there are none.
    func run(_ db: Database) throws {
        try writeRun(from: 0, after: 0, db)
    }

    /// Adds those of the prompts with ids above `earlier`.
    func update(_ db: Database, after earlier: Int) throws {
        var (block, earlier) = (
            try Int.fetchOne(db, sql: "SELECT coalesce(max(block) + 1, 0) FROM feature_postings")!, earlier
        )
        var entries = try Int.fetchOne(
            db, sql: "SELECT coalesce(sum(activation_count), 0) FROM prompts WHERE id > ?", arguments: [earlier])!
        guard entries > 0 else { return }
        let runs = try Row.fetchAll(
            db, sql: "SELECT first_block, entry_count, earlier_prompt FROM posting_runs ORDER BY first_block DESC")
        for run in runs {
            guard let count = Int.fromDatabaseValue(run[1]), count <= entries else { break }
            (block, earlier) = (run[0], run[2])
            entries += count
        }
        let replaced = [
            StoredRows(of: "feature_postings", where: "block >= ?", [block]),
            StoredRows(of: "posting_runs", where: "first_block >= ?", [block]),
        ]
        try TableDigests.keeping(replaced, in: db) {
            try db.execute(sql: "DELETE FROM feature_postings WHERE block >= ?", arguments: [block])
            try db.execute(sql: "DELETE FROM posting_runs WHERE first_block >= ?", arguments: [block])
            try writeRun(from: block, after: earlier, db)
        }
    }

    /// Writes the prompts with ids above `earlier` as one run.
    private func writeRun(from first: Int, after earlier: Int, _ db: Database) throws {
        let activations = try FeatureActivations(db, identity: identity, order: .id, after: earlier)
        guard !activations.values.isEmpty else { return }
        let blocks = try BulkInsertion(
            db, into: "feature_postings",
            columns: ["block", "first_feature", "last_feature", "entry_count", "entries"])
        var pending: [Posting] = []
        pending.reserveCapacity(PostingBlock.capacity)
        var block = first
        func flush() throws {
            guard let first = pending.first, let last = pending.last else { return }
            blocks.bind(block)
            blocks.bind(first.feature)
            blocks.bind(last.feature)
            blocks.bind(pending.count)
            blocks.bind(try PostingBlock.encode(pending))
            try blocks.step()
            block += 1
            pending.removeAll(keepingCapacity: true)
        }
        for feature in 0..<identity.featureCount {
            let key = NodeKey(identity.feature(numbered: feature)).rawValue
            for entry in activations.starts[feature]..<activations.starts[feature + 1] {
                pending.append(
                    Posting(
                        feature: key, prompt: Int64(activations.prompts[entry]),
                        position: Int(activations.positions[entry]), activation: activations.values[entry]))
                if pending.count == PostingBlock.capacity { try flush() }
            }
        }
        try flush()
        try db.execute(
            sql: "INSERT INTO posting_runs (first_block, entry_count, earlier_prompt) VALUES (?, ?, ?)",
            arguments: [first, activations.values.count, earlier])
    }
}
