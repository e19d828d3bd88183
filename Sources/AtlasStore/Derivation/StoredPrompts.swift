import GRDB

/// Prompts by id, as labels need them.
final class StoredPrompts {
    private let db: Database
    private let reading: Statement
    private let vocabularySize: Int
    private var known: [Int: LabelNaming.Prompt] = [:]
    /// How many prompts are kept at once.
    private static let capacity = 200_000

    init(_ db: Database, vocabularySize: Int) throws {
        self.db = db
        reading = try db.makeStatement(sql: "SELECT id, tokens, predicted_token FROM prompts WHERE id = ?")
        self.vocabularySize = vocabularySize
    }

    /// The prompt with an id.
    func callAsFunction(_ id: Int) throws -> LabelNaming.Prompt {
        if let prompt = known[id] { return prompt }
        var found: LabelNaming.Prompt?
        try BlobScan.run(reading, db, arguments: [id]) { row in
            let tokens = try row.decode("prompts.tokens", column: 1) { (frame) throws(BlockFault) in
                try TokenBlock.decode(frame, vocabularySize: vocabularySize)
            }
            let predicted = try row.integer(2, named: "predicted_token", in: 0..<vocabularySize)
            found = (tokens.map { Int32($0) }[...], predicted)
        }
        guard let found else {
            throw AtlasError.damagedRow(
                column: "feature_examples.prompt_id", expected: "a stored prompt", found: "\(id)")
        }
        if known.count == Self.capacity { known.removeAll() }
        known[id] = found
        return found
    }
}
