import AtlasStore
import Circuits
import GRDB
import Tensors
import Texts

/// Columns of one prompt that several questions read.
extension AtlasReader {
    static let textOfPrompt = "SELECT text FROM prompts WHERE id = ?"
    static let tagOfPrompt = "SELECT value FROM tags WHERE prompt_id = ? AND name = ? ORDER BY value LIMIT 1"
    static let activationsOfPrompt = "SELECT activations, token_count, counted_tokens FROM prompts WHERE id = ?"

    /// The active features of a prompt that is known to exist.
    package func storedActivations(of id: Int, _ db: Database) throws -> [ActiveFeature] {
        try Cancellation.check()
        let row = try StoredRow.fetchExisting(
            db.cachedStatement(sql: Self.activationsOfPrompt), "prompts.id", arguments: [id])
        return try activations(row["activations"], prompt: id, positions: row["token_count"])
    }

    /// What a prompt is tagged with under a name, the first of several; `nil` for nothing.
    package func tagValue(_ name: String, ofPrompt id: Int, _ db: Database) throws -> ExactText? {
        try String.fetchOne(db.cachedStatement(sql: Self.tagOfPrompt), arguments: [id, name]).map { ExactText($0) }
    }

    /// The text of a prompt that is known to exist.
    package func promptText(_ id: Int, _ db: Database) throws -> String {
        try StoredRow.fetchExisting(
            db.cachedStatement(sql: Self.textOfPrompt), "prompts.id", arguments: [id])[0]
    }
}
