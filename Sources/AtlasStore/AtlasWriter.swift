import Circuits
import Foundation
import GRDB
import Texts

/// Adds facts to an atlas.
///
///     let writer = AtlasWriter(try Atlas.open("demo.atlas", mode: .create(identity)))
///     let run = try writer.beginRun(corpus: "capitals", options: #"{"nodeThreshold": 0.9}"#)
///     try writer.commit(facts, run: run)
///     try writer.finishRun(run)
///     try AtlasDerivation(writer.atlas).rebuild()
///
/// A call is one transaction: it happens as a whole or, after an error, not at all. Committing the same facts again
/// changes nothing, so an interrupted run is resumed by committing what ``missing(texts:needGraphs:)`` names.
public struct AtlasWriter: Sendable {
    /// What a commit added.
    public struct Additions: Equatable, Sendable {
        /// Texts that were not stored before.
        public var prompts = 0
        /// Graphs that were not stored before.
        public var graphs = 0
    }

    /// The atlas that is written.
    public let atlas: Atlas

    /// Writes to an atlas that was opened for writing.
    public init(_ atlas: Atlas) {
        self.atlas = atlas
    }

    /// Records that a corpus is about to be indexed.
    ///
    /// - Parameters:
    ///   - corpus: the name of the corpus; one of the same name is continued
    ///   - options: what was asked for, as a JSON object
    /// - Returns: the run's id
    public func beginRun(
        corpus: String, options: String = "{}", programVersion: String = Atlas.programVersion
    ) throws(AtlasError) -> Int {
        let corpus = try Self.name(corpus, of: "corpus")
        return try atlas.writeFacts("beginning a run") { db in
            try TableDigests.keeping([StoredRows(of: "corpora", where: "name = ?", [corpus])], in: db) {
                try db.execute(sql: "INSERT OR IGNORE INTO corpora (name) VALUES (?)", arguments: [corpus])
            }
            try db.execute(
                sql: """
                    INSERT INTO runs (corpus_id, started_at, program_version, options)
                    VALUES ((SELECT id FROM corpora WHERE name = ?), ?, ?, ?)
                    """,
                arguments: [corpus, Date.now.formatted(.iso8601), programVersion, options])
            let run = Int(db.lastInsertedRowID)
            try TableDigests.add(StoredRows(of: "runs", where: "id = ?", [run]).digest(db), to: "runs", in: db)
            return run
        }
    }

    /// Records that a run has indexed all of its corpus.
    public func finishRun(_ run: Int) throws(AtlasError) {
        try atlas.writeFacts("finishing run \(run)") { db in
            try TableDigests.keeping([StoredRows(of: "runs", where: "id = ?", [run])], in: db) {
                try db.execute(
                    sql: "UPDATE runs SET finished_at = ? WHERE id = ?",
                    arguments: [Date.now.formatted(.iso8601), run])
                guard db.changesCount == 1 else { throw AtlasError.unknownRun(id: run) }
            }
        }
        atlas.checkpoint()
    }

    /// The texts that are not stored yet, or, where graphs are needed, have no graph: each once, in the order given.
    public func missing(texts: [String], needGraphs: Bool) throws(AtlasError) -> [String] {
        try atlas.read("looking up texts") { db in
            let statement = try db.makeStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM graphs g WHERE g.prompt_id = p.id)
                    FROM prompts p WHERE p.content_hash = ?
                    """)
            var seen = Set<ContentHash>()
            return try texts.filter { text in
                let hash = ContentHash(of: text)
                guard seen.insert(hash).inserted else { return false }
                let hasGraph = try Bool.fetchOne(statement, arguments: [hash.bytes])
                return hasGraph == nil || needGraphs && hasGraph == false
            }
        }
    }

    /// The stored answers to some texts; texts without one, or that are not stored, are left out.
    public func answers(of texts: [String]) throws(AtlasError) -> [(text: String, answer: String)] {
        try atlas.read("looking up answers") { db in
            let statement = try db.makeStatement(
                sql: "SELECT answer FROM prompts WHERE content_hash = ? AND answer IS NOT NULL")
            return try texts.compactMap { text in
                try String.fetchOne(statement, arguments: [ContentHash(of: text).bytes]).map { (text, $0) }
            }
        }
    }

    /// Stores the facts of some prompts.
    ///
    /// Of a text that is stored already only what is missing is added: its membership in the run's corpus, tags, an
    /// answer, a graph.
    @discardableResult
    public func commit(_ batch: [PromptFacts], run: Int) throws(AtlasError) -> Additions {
        try atlas.writeFacts("storing \(batch.count) prompts") { db in try add(batch, run: run, in: db) }
    }

    /// Stores the facts of some prompts in a transaction that has begun.
    func add(_ batch: [PromptFacts], run: Int, in db: Database) throws -> Additions {
        let corpus = try corpus(of: run, in: db)
        var additions = Additions()
        var digests = PromptDigests()
        func addMentionAndGraph(of facts: PromptFacts, to prompt: Int64) throws {
            try insertMention(facts.externalID, tags: facts.tags, prompt: prompt, corpus: corpus, in: db)
            if let graph = facts.graph, try insert(graph, of: facts, prompt: prompt, run: run, in: db) {
                additions.graphs += 1
            }
        }
        for facts in batch {
            if let stored = try promptID(of: ContentHash(of: facts.text), in: db) {
                try digests.keep(PromptDigests.Part.allCases, of: stored, in: db) {
                    try addAnswer(facts, to: stored, in: db)
                    try addMentionAndGraph(of: facts, to: stored)
                }
            } else {
                let prompt = try insert(facts, run: run, in: db)
                additions.prompts += 1
                try addMentionAndGraph(of: facts, to: prompt)
                try digests.record(prompt, parts: facts.storedParts, in: db)
            }
        }
        try digests.finish(db)
        return additions
    }

    /// Adds the membership and tags of texts that are stored already.
    public func link(_ mentions: [PromptMention], run: Int) throws(AtlasError) {
        try atlas.writeFacts("linking \(mentions.count) prompts") { db in
            let corpus = try corpus(of: run, in: db)
            var digests = PromptDigests()
            for mention in mentions {
                guard let prompt = try promptID(of: ContentHash(of: mention.text), in: db) else {
                    throw AtlasError.unknownText(text: mention.text)
                }
                try digests.keep([.names], of: prompt, in: db) {
                    try insertMention(mention.externalID, tags: mention.tags, prompt: prompt, corpus: corpus, in: db)
                }
            }
            try digests.finish(db)
        }
    }
}

extension PromptFacts {
    /// What rows are stored of.
    fileprivate var storedParts: [PromptDigests.Part] {
        [.text, .names] + (graph == nil ? [] : [.graph])
            + (graph?.effects == nil && graph?.heads == nil ? [] : [.effects])
    }
}

extension AtlasWriter {
    private func corpus(of run: Int, in db: Database) throws -> Int64 {
        let corpus = try Int64.fetchOne(db, sql: "SELECT corpus_id FROM runs WHERE id = ?", arguments: [run])
        guard let corpus else { throw AtlasError.unknownRun(id: run) }
        return corpus
    }

    private func promptID(of hash: ContentHash, in db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM prompts WHERE content_hash = ?")
        return try Int64.fetchOne(statement, arguments: [hash.bytes])
    }

    private func insert(_ facts: PromptFacts, run: Int, in db: Database) throws -> Int64 {
        let storable = try StorablePrompt(facts, identity: atlas.identity)
        try db.cachedStatement(
            sql: """
                INSERT INTO prompts (content_hash, text, token_count, counted_tokens, activation_count,
                    predicted_token, predicted_probability, answer, answer_token, answer_probability, run_id,
                    tokens, activations)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            storable.hash.bytes, facts.text, facts.tokens.count, facts.countedTokens, facts.activations.count,
            facts.predictedToken, facts.predictedProbability, facts.answer, facts.answerToken,
            facts.answerProbability, run, storable.tokens, storable.activations,
        ])
        return db.lastInsertedRowID
    }

    /// Adds an answer that no earlier corpus told; one that is stored is never rewritten.
    private func addAnswer(_ facts: PromptFacts, to prompt: Int64, in db: Database) throws {
        guard facts.answer != nil else { return }
        try Self.require(texts: [facts.answer], tags: [:], of: "answer of prompt \(prompt)")
        try db.cachedStatement(
            sql: """
                UPDATE prompts SET answer = ?, answer_token = ?, answer_probability = ?
                WHERE id = ? AND answer IS NULL
                """
        ).execute(arguments: [facts.answer, facts.answerToken, facts.answerProbability, prompt])
    }

    private func insertMention(
        _ externalID: String?, tags: [ExactText: String], prompt: Int64, corpus: Int64, in db: Database
    ) throws {
        try Self.require(texts: [externalID], tags: tags, of: "what a corpus says of prompt \(prompt)")
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO memberships (corpus_id, prompt_id, external_id) VALUES (?, ?, ?)"
        ).execute(arguments: [corpus, prompt, externalID ?? ""])
        let insertion = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO tags (prompt_id, name, value) VALUES (?, ?, ?)")
        for (name, value) in tags { try insertion.execute(arguments: [prompt, name.string, value]) }
    }

    /// Stores a graph unless the prompt has one.
    private func insert(
        _ graph: SparseGraph, of facts: PromptFacts, prompt: Int64, run: Int, in db: Database
    ) throws -> Bool {
        let existing = try db.cachedStatement(sql: "SELECT 1 FROM graphs WHERE prompt_id = ?")
        guard try Int.fetchOne(existing, arguments: [prompt]) == nil else { return false }
        let storable = try StorableGraph(graph, of: facts, identity: atlas.identity)
        try db.cachedStatement(
            sql: """
                INSERT INTO graphs (prompt_id, run_id, replacement_score, completeness_score, active_feature_count,
                    selected_feature_count, largest_violation, node_threshold, edge_threshold, node_count, edge_count,
                    nodes, edges, target_influence)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            prompt, run, graph.scores.replacement, graph.scores.completeness, graph.activeFeatureCount,
            graph.selectedFeatureCount, Double(graph.largestViolation), graph.nodeThreshold, graph.edgeThreshold,
            graph.nodes.count, graph.edges.count, storable.nodes, storable.edges, storable.influence,
        ])
        let graphID = db.lastInsertedRowID
        for (ordinal, target) in graph.targets.enumerated() {
            try insert(target, ordinal: ordinal, graph: graphID, in: db)
        }
        if let effects = graph.effects { try NodeEffectRows.insert(effects, of: graph, id: graphID, in: db) }
        if let heads = graph.heads {
            try EdgeHeadRows.insert(
                heads, of: graph, id: graphID, layerCount: atlas.identity.layerCount, in: db)
        }
        return true
    }

    private func insert(_ target: LogitTarget, ordinal: Int, graph: Int64, in db: Database) throws {
        guard let custom = target.custom else {
            try db.cachedStatement(
                sql: """
                    INSERT INTO logit_targets (graph_id, ordinal, token, probability, position) VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [graph, ordinal, target.token, Double(target.probability), target.position])
            return
        }
        let row = try CustomTargetRow(custom, vocabulary: atlas.identity.vocabulary)
        try db.cachedStatement(
            sql: """
                INSERT INTO custom_targets (graph_id, ordinal, kind, description, definition, weight, position)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            graph, ordinal, custom.kind, row.description, row.definition, Double(target.probability), target.position,
        ])
    }
}
