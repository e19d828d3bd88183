import Circuits
import GRDB

/// A stored graph that lacks something which can be computed of it later.
public struct IncompleteGraph: Sendable, Equatable {
    /// The prompt's id.
    public let prompt: Int
    /// Its text.
    public let text: String
    /// The right answer's first token, where a corpus told it.
    public let answerToken: Int?
    /// What was asked for when the graph was computed, a JSON object.
    public let options: String
}

extension AtlasWriter {
    /// Graphs that lack something, as a statement finds them.
    ///
    /// - Parameters:
    ///   - action: what is done, for messages
    ///   - sql: selects `id`, `text` and `answer_token` of prompts and `options` of runs
    func incompleteGraphs(
        _ action: String, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws(AtlasError) -> [IncompleteGraph] {
        try atlas.read(action) { db in
            try StoredRow.fetchAll(db, sql: sql, arguments: arguments).map { row in
                try IncompleteGraph(
                    prompt: row["id"], text: row["text"], answerToken: row["answer_token"], options: row["options"])
            }
        }
    }

    /// Stores one part of graphs that are there, in one transaction; graphs without the part, and prompts without a
    /// graph, are left out.
    ///
    /// - Parameters:
    ///   - action: what is done, for messages
    ///   - insert: stores the part of the graph with this id
    func complete<Part>(
        _ graphs: [(prompt: Int, graph: SparseGraph)], with part: KeyPath<SparseGraph, Part?>, _ action: String,
        insert: (Part, SparseGraph, _ id: Int64, Database) throws -> Void
    ) throws(AtlasError) {
        try atlas.writeFacts(action) { db in
            var digests = PromptDigests()
            for (prompt, graph) in graphs {
                guard let part = graph[keyPath: part],
                    let id = try Int64.fetchOne(
                        db.cachedStatement(sql: "SELECT id FROM graphs WHERE prompt_id = ?"), arguments: [prompt])
                else { continue }
                try digests.keep([.effects], of: Int64(prompt), in: db) { try insert(part, graph, id, db) }
            }
            try digests.finish(db)
        }
    }
}
