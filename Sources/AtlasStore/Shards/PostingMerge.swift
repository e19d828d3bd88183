import GRDB

/// The postings of all shards, feature after feature.
///
/// The runs of all shards are each sorted by feature; one block of each is unpacked at a time, and the places of one feature
/// are in memory.
struct PostingMerge {
    /// A run of blocks and the entry that it is at.
    private struct Run {
        var blocks: Range<Int>
        var entries: [Posting] = []
        var place = 0

        /// The feature of that entry.
        var feature: Int64? { place < entries.count ? entries[place].feature : nil }
    }

    private let shards: ShardSet

    init(_ shards: ShardSet) { self.shards = shards }

    /// Hands every feature's key and places to `body`, features in ascending order, places in that of the runs.
    func forEach(_ db: Database, _ body: (Int64, [StoredExample]) throws -> Void) throws {
        let runs = Runs(try Self.runs(db).map { Run(blocks: $0) })
        for run in runs.all.indices { try refill(&runs.all[run]) }
        var heap = MergeHeap(runs.all.indices.filter { runs.all[$0].feature != nil }, isBefore: runs.isBefore)
        var places: [StoredExample] = []
        while let first = heap.first, let feature = runs.all[first].feature {
            places.removeAll(keepingCapacity: true)
            while let next = heap.first, runs.all[next].feature == feature {
                try take(feature, from: &runs.all[next], into: &places)
                if runs.all[next].feature == nil { heap.removeFirst() } else { heap.settleFirst() }
            }
            try body(feature, places)
        }
    }

    /// Takes a feature's entries from a run, to the first of another feature.
    private func take(_ feature: Int64, from run: inout Run, into places: inout [StoredExample]) throws {
        while run.feature == feature {
            let entry = run.entries[run.place]
            places.append(
                StoredExample(prompt: Int(entry.prompt), position: entry.position, activation: entry.activation))
            run.place += 1
            if run.feature == nil { try refill(&run) }
        }
        if let next = run.feature, next < feature {
            throw AtlasError.damagedRow(
                column: "feature_postings.entries", expected: "features that ascend", found: "\(next)")
        }
    }

    private func refill(_ run: inout Run) throws {
        while run.feature == nil, let block = run.blocks.first {
            run.entries = try shards.postings(block: block)
            run.place = 0
            run.blocks.removeFirst()
        }
    }

    /// The blocks of each run, as they are numbered in the assembled atlas.
    private static func runs(_ db: Database) throws -> [Range<Int>] {
        let starts = try Int.fetchAll(db, sql: "SELECT first_block FROM main.posting_runs ORDER BY first_block")
        let end = try Int.fetchOne(db, sql: "SELECT coalesce(max(block) + 1, 0) FROM main.feature_postings") ?? 0
        return zip(starts, starts.dropFirst() + [end]).map { $0..<max($0, $1) }
    }

    /// The runs, in reach of the order in which they are taken.
    private final class Runs {
        var all: [Run]

        init(_ all: [Run]) { self.all = all }

        func isBefore(_ one: Int, _ other: Int) -> Bool {
            (all[one].feature ?? .max, one) < (all[other].feature ?? .max, other)
        }
    }
}
