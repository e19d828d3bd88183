import GRDB

/// The digests of prompts' facts, kept in `prompt_digests` by everything that writes them.
///
///     var digests = PromptDigests()
///     try digests.keep([.names], of: prompt, in: db) { … }
///     try digests.finish(db)
struct PromptDigests {
    /// Rows that have a digest together.
    enum Part: CaseIterable {
        /// The row of the prompt itself.
        case text
        /// What corpora call it and say about it.
        case names
        /// Its graph, with targets.
        case graph
        /// What the graph's nodes do, and through which heads its edges go.
        case effects

        /// What people read.
        var description: String {
            switch self {
            case .text: "its text, tokens or activations"
            case .names: "its corpora or tags"
            case .graph: "its graph"
            case .effects: "the effects of its nodes, or the heads of its edges"
            }
        }

        /// The column of `prompt_digests`.
        var column: String {
            switch self {
            case .text: "text_digest"
            case .names: "names_digest"
            case .graph: "graph_digest"
            case .effects: "effects_digest"
            }
        }

        /// Its tables, and how the rows of a prompt are found there.
        fileprivate var tables: [(name: String, isOfGraph: Bool)] {
            switch self {
            case .text: [("prompts", false)]
            case .names: [("memberships", false), ("tags", false)]
            case .graph: [("graphs", false), ("logit_targets", true), ("custom_targets", true)]
            case .effects: [("node_effects", true), ("measured_effects", true), ("edge_heads", true)]
            }
        }

        /// The rows of a prompt.
        func rows(of prompt: Int64, schema: String = "main") -> [StoredRows] {
            tables.map { name, isOfGraph in
                let key = name == "prompts" ? "id" : "prompt_id"
                let sql =
                    isOfGraph
                    ? """
                    SELECT t.* FROM \(schema).graphs g CROSS JOIN \(schema).\(name) t ON t.graph_id = g.id
                    WHERE g.prompt_id = ?
                    """ : "SELECT * FROM \(schema).\(name) WHERE \(key) = ?"
                return StoredRows(of: name, sql: sql, [prompt])
            }
        }
    }

    /// How the digest of `prompt_digests` itself changed.
    private var change = Digest()

    /// The digest of one part of a prompt as it stands.
    static func digest(of part: Part, of prompt: Int64, in db: Database, schema: String = "main") throws -> UInt64 {
        try part.rows(of: prompt, schema: schema).reduce(0) { $0 &+ (try $1.digest(db).sum) }
    }

    /// Records a prompt whose rows were all added just now.
    ///
    /// - Parameter parts: those that it has rows of; of others nothing is looked for
    mutating func record(_ prompt: Int64, parts: [Part] = Part.allCases, in db: Database) throws {
        let sums = try Part.allCases.map { part in
            Int64(bitPattern: parts.contains(part) ? try Self.digest(of: part, of: prompt, in: db) : 0).databaseValue
        }
        try db.cachedStatement(sql: "INSERT INTO prompt_digests VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: StatementArguments([prompt.databaseValue] + sums))
        change += try StoredRows(of: "prompt_digests", where: "prompt_id = ?", [prompt]).digest(db)
    }

    /// Keeps the digests of a stored prompt while `body` adds to some of its parts.
    mutating func keep(_ parts: [Part], of prompt: Int64, in db: Database, _ body: () throws -> Void) throws {
        try keep(parts, of: [prompt], in: db, body)
    }

    /// Keeps the digests of stored prompts while `body` adds to some of their parts.
    mutating func keep(_ parts: [Part], of prompts: [Int64], in db: Database, _ body: () throws -> Void) throws {
        let before = try prompts.map { prompt in try parts.map { try Self.digest(of: $0, of: prompt, in: db) } }
        try body()
        for (prompt, sums) in zip(prompts, before) {
            let changes = try zip(parts, sums).map { try Self.digest(of: $0, of: prompt, in: db) &- $1 }
            guard changes.contains(where: { $0 != 0 }) else { continue }
            let row = StoredRows(of: "prompt_digests", where: "prompt_id = ?", [prompt])
            let old = try row.digest(db)
            for (part, added) in zip(parts, changes) where added != 0 { try add(added, to: part, of: prompt, in: db) }
            change += try row.digest(db) - old
        }
    }

    private func add(_ added: UInt64, to part: Part, of prompt: Int64, in db: Database) throws {
        let stored = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT \(part.column) FROM prompt_digests WHERE prompt_id = ?"),
            arguments: [prompt])
        guard let stored else { return }
        try db.cachedStatement(sql: "UPDATE prompt_digests SET \(part.column) = ? WHERE prompt_id = ?")
            .execute(arguments: [Int64(bitPattern: UInt64(bitPattern: stored) &+ added), prompt])
    }

    /// The parts of a prompt that are not what was stored; all of them where nothing is recorded.
    static func damage(of prompt: Int64, in db: Database, schema: String = "main") throws -> [Part] {
        let columns = Part.allCases.map(\.column).joined(separator: ", ")
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(columns) FROM \(schema).prompt_digests WHERE prompt_id = ?"),
            arguments: [prompt])
        return try Part.allCases.enumerated().filter { place, part in
            guard let row, let stored = Int64.fromDatabaseValue(row[place]) else { return true }
            return try Self.digest(of: part, of: prompt, in: db, schema: schema) != UInt64(bitPattern: stored)
        }.map(\.element)
    }

    /// Records what changed in `prompt_digests`; the last call of a transaction.
    mutating func finish(_ db: Database) throws {
        try TableDigests.add(change, to: "prompt_digests", in: db)
        change = Digest()
    }
}
