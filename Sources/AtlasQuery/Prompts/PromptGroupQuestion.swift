import AtlasStore
import GRDB
import Texts

/// Which prompts a filter names.
extension AtlasReader {
    static let tagNames = "SELECT DISTINCT name FROM tags ORDER BY name"
    static let tagValues = "SELECT DISTINCT value FROM tags WHERE name = ? ORDER BY value"
    static let tagExists = "SELECT EXISTS (SELECT 1 FROM tags WHERE name = ? AND value = ?)"

    /// The ids of the prompts that a filter names, in canonical order (that of their content hashes).
    ///
    /// - Parameter needGraphs: leave out prompts without a stored graph
    /// - Throws: ``QuestionError`` for a tag that no prompt has and for a group without prompts
    public func prompts(where filter: PromptFilter, needGraphs: Bool = false) throws -> [Int] {
        try ask("looking up a group of prompts") { db in try prompts(where: filter, needGraphs: needGraphs, db) }
    }

    /// What a filter asks of a row `p` of prompts; throws for a tag that no prompt has.
    func conditions(
        of filter: PromptFilter, _ db: Database
    ) throws -> (clauses: [String], arguments: [any DatabaseValueConvertible]) {
        var clauses: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        for condition in filter.conditions {
            switch (condition.name, condition.value) {
            case ("corpus", let name):
                let names = try String.fetchAll(db, sql: "SELECT name FROM corpora ORDER BY name")
                guard names.containsExactly(name) else {
                    throw QuestionError.unknownTag(
                        name: "corpus", value: name, nearest: Self.offered(name, among: names).map { "corpus=\($0)" })
                }
                clauses.append(
                    """
                    p.id IN (SELECT prompt_id FROM memberships
                        WHERE corpus_id = (SELECT id FROM corpora WHERE name = ?))
                    """
                )
                arguments.append(name)
            case ("right", "yes"): clauses.append("p.answer_token = p.predicted_token")
            case ("right", "no"): clauses.append("p.answer_token <> p.predicted_token")
            case (let name, let value):
                try requireTag(name, value, db)
                clauses.append("p.id IN (SELECT prompt_id FROM tags WHERE name = ? AND value = ?)")
                arguments += [name, value]
            }
        }
        return (clauses, arguments)
    }

    package func prompts(where filter: PromptFilter, needGraphs: Bool, _ db: Database) throws -> [Int] {
        var (clauses, arguments) = try conditions(of: filter, db)
        if needGraphs { clauses.append("p.id IN (SELECT prompt_id FROM graphs)") }
        let condition = clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ")
        let ids = try Int.fetchAll(
            db, sql: "SELECT p.id FROM prompts p \(condition) ORDER BY p.content_hash",
            arguments: StatementArguments(arguments))
        guard !ids.isEmpty else {
            throw QuestionError.emptyGroup(filter: "\(filter)", needsGraphs: needGraphs)
        }
        return ids
    }

    private func requireTag(_ name: String, _ value: String, _ db: Database) throws {
        if try Bool.fetchOne(db, sql: Self.tagExists, arguments: [name, value]) == true { return }
        let values = try String.fetchAll(db, sql: Self.tagValues, arguments: [name])
        guard values.isEmpty else {
            throw QuestionError.unknownTag(
                name: name, value: value, nearest: Self.offered(value, among: values).map { "\(name)=\($0)" })
        }
        let names = try String.fetchAll(db, sql: Self.tagNames) + ["corpus", "right"]
        throw QuestionError.unknownTag(name: name, value: nil, nearest: Self.offered(name, among: names))
    }
}
