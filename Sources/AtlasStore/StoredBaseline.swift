import Foundation
import GRDB
import Texts

/// The mean activations of neurons over like prompts, or over all tokens: what contributions are measured from.
public struct StoredBaseline: Sendable, Equatable {
    /// Which prompts a baseline is for.
    public struct Key: Hashable, Sendable {
        /// Their value of the grouping tag; empty: any or none.
        public var group: ExactText
        /// How many tokens they have; 0: any, with one mean for all positions.
        public var tokenCount: Int

        /// All prompts, of any length.
        public static let everything = Key(group: "", tokenCount: 0)

        /// Prompts of a group with so many tokens.
        public init(group: String, tokenCount: Int) {
            self.group = ExactText(group)
            self.tokenCount = tokenCount
        }
    }

    /// Which prompts it is for.
    public let key: Key
    /// Prompts in the mean, or tokens where it is over tokens.
    public let averaged: Int
    /// `[layerCount]` of `[tokenCount × neurons]`, `[neurons]` for any length; `nil` where the prompts were too few for a
    /// mean of their own: then the one over everything counts.
    public let means: [[Float]]?

    /// Holds means, rounded as they are stored.
    public init(key: Key, averaged: Int, means: [[Float]]?) {
        self.key = key
        self.averaged = averaged
        self.means = means.map { $0.map { $0.map(BaselineBlock.rounded) } }
    }
}

extension Atlas {
    /// The baseline that was stored for these prompts, if any was.
    public func baseline(_ key: StoredBaseline.Key) throws(AtlasError) -> StoredBaseline? {
        try read("reading a baseline") { db in
            let row = try StoredRow.fetchOne(
                db, sql: "SELECT id, averaged, means FROM baselines WHERE group_name = ? AND token_count = ?",
                arguments: [key.group.string, key.tokenCount])
            guard let row else { return nil }
            guard let block = try row["means"] as Data? else {
                return StoredBaseline(key: key, averaged: try row["averaged"], means: nil)
            }
            let means = try StoredGraphReading.decode("baselines.means", row: row["id"]) { () throws(BlockFault) in
                try BaselineBlock.decode(block)
            }
            return StoredBaseline(key: key, averaged: try row["averaged"], means: means)
        }
    }

    /// The prompts that baselines were stored for.
    public func baselineKeys() throws(AtlasError) -> Set<StoredBaseline.Key> {
        try read("reading baselines") { db in
            let rows = try StoredRow.fetchAll(db, sql: "SELECT group_name, token_count FROM baselines")
            return try Set(rows.map { try StoredBaseline.Key(group: $0["group_name"], tokenCount: $0["token_count"]) })
        }
    }
}

extension AtlasWriter {
    /// Stores baselines in one transaction; those that are there already stay as they are.
    public func writeBaselines(_ baselines: [StoredBaseline]) throws(AtlasError) {
        try atlas.writeFacts("storing baselines") { db in
            for baseline in baselines {
                let block: Data?
                do throws(BlockFault) {
                    block = if let means = baseline.means { try BaselineBlock.encode(means) } else { nil }
                } catch {
                    throw AtlasError.unstorable(
                        what: "the baseline of \"\(baseline.key.group)\"", expected: error.expected, found: error.found)
                }
                let row = StoredRows(
                    of: "baselines", where: "group_name = ? AND token_count = ?",
                    [baseline.key.group.string, baseline.key.tokenCount])
                try TableDigests.keeping([row], in: db) {
                    try db.execute(
                        sql: """
                            INSERT OR IGNORE INTO baselines (group_name, token_count, averaged, means)
                            VALUES (?, ?, ?, ?)
                            """,
                        arguments: [baseline.key.group.string, baseline.key.tokenCount, baseline.averaged, block])
                }
            }
        }
    }
}
