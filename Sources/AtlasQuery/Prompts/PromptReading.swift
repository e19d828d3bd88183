import Circuits
import GRDB

/// Columns of one prompt that several questions read.
extension AtlasReader {
    static let textOfPrompt = "SELECT text FROM prompts WHERE id = ?"
    static let activationsOfPrompt = "SELECT activations, token_count, counted_tokens FROM prompts WHERE id = ?"

    /// The active features of a prompt that is known to exist.
    func storedActivations(of id: Int, _ db: Database) throws -> [ActiveFeature] {
        let row = try Row.fetchOne(db.cachedStatement(sql: Self.activationsOfPrompt), arguments: [id])!
        return try activations(row["activations"], prompt: id, positions: row["token_count"])
    }

    /// The text of a prompt that is known to exist.
    func promptText(_ id: Int, _ db: Database) throws -> String {
        try String.fetchOne(db.cachedStatement(sql: Self.textOfPrompt), arguments: [id])!
    }
}
