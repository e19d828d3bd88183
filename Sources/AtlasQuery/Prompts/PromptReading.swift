import GRDB

/// Columns of one prompt that several questions read.
extension AtlasReader {
    static let textOfPrompt = "SELECT text FROM prompts WHERE id = ?"
    static let activationsOfPrompt = "SELECT activations, token_count, counted_tokens FROM prompts WHERE id = ?"

    /// The text of a prompt that is known to exist.
    func promptText(_ id: Int, _ db: Database) throws -> String {
        try String.fetchOne(db.cachedStatement(sql: Self.textOfPrompt), arguments: [id])!
    }
}
