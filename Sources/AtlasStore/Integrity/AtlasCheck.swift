import Circuits
import GRDB

/// Looks for damage in a whole atlas: SQLite's own checks, the schema, every digest, every packed column, every index.
///
/// Nothing that is found stops it: a table that cannot be read is told, and the next is looked at.
public struct AtlasCheck {
    /// What is wrong.
    public private(set) var damage: [AtlasDamage] = []
    /// How many packed columns were unpacked.
    public private(set) var blockCount = 0
    /// Stored edges that are aggregated: all but those to targets that are no single token.
    private var edgeCount = 0
    /// Activations in the postings.
    private var postingCount = 0
    /// The shards of an assembled atlas whose packed columns cannot be read.
    private var lostShards = Set<Int>()

    private let reading: StoredGraphReading
    private let shards: ShardSet?

    private init(identity: AtlasIdentity, shards: ShardSet?) {
        reading = StoredGraphReading(identity: identity)
        self.shards = shards
    }

    /// Checks an atlas; an assembled one with its shards' facts and postings.
    ///
    /// - Complexity: reads every page a few times, and unpacks every block
    public static func run(_ db: Database, identity: AtlasIdentity, shards: ShardSet? = nil) -> AtlasCheck {
        var check = AtlasCheck(identity: identity, shards: shards)
        check.checkFile(db)
        check.checkTables(db)
        check.checkShards()
        check.attempt(.table("prompts")) { check in
            for prompt in try Int.fetchAll(db, sql: "SELECT id FROM prompts ORDER BY id") {
                check.checkPrompt(prompt, db)
            }
        }
        for index in SearchIndexCheck.all {
            check.attempt(.search(index.table)) { check in
                for problem in try index.problems(db) { check.add(.search(index.table), problem) }
            }
        }
        check.checkBlocks(db)
        check.compareDerived(db)
        return check
    }

    private mutating func add(_ place: AtlasDamage.Place, _ what: String) {
        let found = AtlasDamage(place, what)
        if !damage.contains(found) { damage.append(found) }
    }

    /// Runs a part of the check; what stops it is damage.
    private mutating func attempt(_ place: AtlasDamage.Place, _ body: (inout AtlasCheck) throws -> Void) {
        do {
            try body(&self)
        } catch let error as DatabaseError {
            add(place, error.refusalOfShard?.description ?? "cannot be read: \(error.reason)")
        } catch {
            add(place, "\(error)")
        }
    }

    private mutating func checkFile(_ db: Database) {
        attempt(.file) { check in
            for line in try String.fetchAll(db, sql: "PRAGMA integrity_check") where line != "ok" {
                check.add(.file, "integrity check: \(line)")
            }
        }
        attempt(.file) { check in
            for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
                let names = (0..<3).map { "\(row[$0] as DatabaseValue)" }
                check.add(.file, "foreign keys: row \(names[1]) of \(names[0]) points at no row of \(names[2])")
            }
        }
        attempt(.file) { check in
            let header = [("user_version", "0"), ("auto_vacuum", "0"), ("encoding", "UTF-8")]
            for (name, expected) in header {
                let found = try String.fetchOne(db, sql: "SELECT CAST((SELECT * FROM pragma_\(name)) AS TEXT)")
                guard found != expected else { continue }
                check.add(.file, "file header: \(name): expected \(expected), found \(found ?? "nothing")")
            }
            for difference in try AtlasSchema.differences(db) { check.add(.file, "schema: found \(difference)") }
        }
    }

    private mutating func checkTables(_ db: Database) {
        for table in TableDigests.all {
            attempt(.table(table)) { check in
                guard let recorded = try TableDigests.read(table, in: db) else {
                    return check.add(.table(table), "its digest is missing")
                }
                let found = try StoredRows(allOf: table).digest(db)
                if found.rowCount != recorded.rowCount {
                    check.add(.table(table), "expected \(recorded.rowCount) rows, found \(found.rowCount)")
                } else if found != recorded {
                    check.add(.table(table), "its rows are not those that were stored")
                }
            }
        }
        attempt(.table("table_digests")) { check in
            let known = Set(TableDigests.all)
            for name in try String.fetchAll(db, sql: "SELECT name FROM table_digests") where !known.contains(name) {
                check.add(
                    .table("table_digests"), "a digest of \(name.debugDescription), which is no table of an atlas")
            }
        }
    }

    /// Looks whether the shards are those that were assembled, and hold what was stored there.
    private mutating func checkShards() {
        guard let shards else { return }
        for (number, shard) in shards.shards.enumerated() {
            let place = AtlasDamage.Place.shard(path: shard.path)
            do {
                try shards.requireUnchanged(number)
            } catch {
                lostShards.insert(number)
                add(place, "\(error)")
                continue
            }
            attempt(place) { check in
                for table in ["prompt_digests", "feature_postings"] {
                    let isSound = try shards.read(number) { db in
                        try StoredRows(allOf: table).digest(db) == TableDigests.read(table, in: db)
                    }
                    if !isSound { check.add(place, "\(table): its rows are not those that were stored") }
                }
                try shards.read(number) { db in
                    for prompt in try Int64.fetchAll(db, sql: "SELECT id FROM prompts ORDER BY id") {
                        for part in try PromptDigests.damage(of: prompt, in: db) {
                            check.add(place, "prompt \(prompt): \(part.description): not what was stored")
                        }
                    }
                }
            }
        }
    }

    /// Whether the packed columns of a prompt can be read at all.
    private func isInReach(_ prompt: Int) -> Bool {
        lostShards.isEmpty || !lostShards.contains(shards?.number(holding: prompt, .prompt) ?? -1)
    }

    private mutating func checkPrompt(_ prompt: Int, _ db: Database) {
        let place = AtlasDamage.Place.prompt(id: prompt)
        attempt(place) { check in
            let parts = try PromptDigests.damage(of: Int64(prompt), in: db)
            guard !parts.isEmpty else { return }
            let names = parts.map(\.description).joined(separator: ", ")
            check.add(place, "\(names): not what was stored")
        }
        guard isInReach(prompt) else { return }
        attempt(place) { check in try check.unpackPrompt(prompt, db) }
        attempt(place) { check in try check.unpackGraph(of: prompt, db) }
    }

    private static let promptBlocks = """
        SELECT text, content_hash, token_count, activation_count, tokens, activations FROM prompts WHERE id = ?
        """

    private mutating func unpackPrompt(_ prompt: Int, _ db: Database) throws {
        let place = AtlasDamage.Place.prompt(id: prompt)
        let row = try StoredRow.fetchExisting(
            db.cachedStatement(sql: Self.promptBlocks), "prompts.id", arguments: [prompt])
        if try ContentHash(of: row["text"]).bytes != row["content_hash"] {
            add(place, "its content hash is not that of its text")
        }
        blockCount += 2
        let counts: (tokens: Int, activations: Int) = try (row["token_count"], row["activation_count"])
        let found = try (
            tokens: reading.tokens(row["tokens"], prompt: prompt).count,
            activations: reading.activations(row["activations"], prompt: prompt, positions: counts.tokens).count
        )
        if found != counts { add(place, "expected \(counts) in its blocks, found \(found)") }
    }

    private mutating func unpackGraph(of prompt: Int, _ db: Database) throws {
        let place = AtlasDamage.Place.prompt(id: prompt)
        let counts = try StoredRow.fetchOne(
            db.cachedStatement(sql: "SELECT node_count, edge_count FROM graphs WHERE prompt_id = ?"),
            arguments: [prompt])
        guard let counts else { return }
        blockCount += 3
        guard let graph = try reading.graph(of: prompt, withEffects: true, withHeads: true, db) else {
            return add(place, "its graph cannot be found")
        }
        if try graph.nodes.count != counts["node_count"] || graph.edges.count != counts["edge_count"] {
            add(place, "the counts of its graph are not those of its blocks")
        }
        let scores = [graph.scores.replacement, graph.scores.completeness]
        if scores.contains(where: { !(-1e-3...1.001 ~= $0) }) {
            add(place, "expected scores from 0 to 1, found \(scores)")
        }
        edgeCount += graph.edges.count { !graph.isCustomTarget($0.target) }
        if let effects = graph.effects { blockCount += effects.measured.isEmpty ? 2 : 3 }
        if graph.heads != nil { blockCount += 2 }
    }

    /// Unpacks what belongs to no prompt.
    private mutating func checkBlocks(_ db: Database) {
        func scan(
            _ check: inout AtlasCheck, _ table: String, _ sql: String,
            _ count: (inout AtlasCheck, BlobScan) throws -> Int
        ) {
            check.attempt(.table(table)) { check in
                try BlobScan.run(db, sql: sql) { row in
                    check.blockCount += 1
                    check.attempt(.table(table)) { check in
                        let found = try count(&check, row)
                        guard found != row.integer(1) else { return }
                        check.add(
                            .table(table), "row \(row.integer(0)): expected \(row.integer(1)) elements, found \(found)")
                    }
                }
            }
        }
        let postings = "SELECT block, entry_count, entries FROM feature_postings"
        scan(&self, "feature_postings", postings + (lostShards.isEmpty ? "" : " WHERE false")) { check, row in
            let count = try row.decode("feature_postings.entries", column: 2) { (frame) throws(BlockFault) in
                try PostingBlock.decode(frame).count
            }
            check.postingCount += count
            return count
        }
        for table in ["feature_statistics", "feature_negative_tails"] {
            let sql = "SELECT feature_index, \(HistogramBlock.binCount), histogram FROM \(table)"
            scan(&self, table, sql) { _, row in
                try row.decode("\(table).histogram", column: 2) { (frame) throws(BlockFault) in
                    try HistogramBlock.decode(frame).count
                }
            }
        }
        let layers = reading.identity.layerCount
        scan(&self, "baselines", "SELECT id, \(layers), means FROM baselines WHERE means IS NOT NULL") { _, row in
            try row.decode("baselines.means", column: 2) { (frame) throws(BlockFault) in
                try BaselineBlock.decode(frame).count
            }
        }
    }

    /// Compares what was derived with the facts, where none have come in since.
    private mutating func compareDerived(_ db: Database) {
        attempt(.table("derivation")) { check in
            guard try check.lostShards.isEmpty && !AtlasDerivation.isStale(db) else { return }
            let row = try StoredRow.fetchExisting(db, "sums", sql: Self.sums)
            let comparisons: [(String, Int, Int)] = try [
                ("feature statistics count activations", row["active_tokens"], row["activations"]),
                ("postings hold activations", check.postingCount, row["activations"]),
                ("aggregated edges count edges", row["occurrences"], check.edgeCount),
                ("logit statistics count targets", row["explained"], row["targets"]),
                ("examples without their prompt", row["orphans"], 0),
            ]
            for (what, found, expected) in comparisons where found != expected {
                check.add(.table("derivation"), "\(what): expected \(expected), found \(found); derive again")
            }
        }
    }

    private static let sums = """
        SELECT (SELECT coalesce(sum(activation_count), 0) FROM prompts) AS activations,
            (SELECT count(*) FROM (SELECT DISTINCT graph_id, token FROM logit_targets)) AS targets,
            (SELECT count(*) FROM feature_examples WHERE prompt_id NOT IN (SELECT id FROM prompts))
                + (SELECT count(*) FROM feature_negative_examples
                    WHERE prompt_id NOT IN (SELECT id FROM prompts)) AS orphans,
            (SELECT coalesce(sum(active_tokens), 0) FROM feature_statistics) AS active_tokens,
            (SELECT coalesce(sum(occurrences), 0) FROM aggregated_edges) AS occurrences,
            (SELECT coalesce(sum(prompt_count), 0) FROM logit_statistics) AS explained
        """
}
