import GRDB

/// Stored prompts in canonical order, that of the content hashes; a prompt's place in it is its ordinal.
struct CanonicalPrompts {
    /// Ids by ordinal.
    private(set) var ids: [Int] = []
    /// The leading 64 bits of the content hashes by ordinal, for seeded choices.
    private(set) var hashPrefixes: [UInt64] = []
    /// The model's most likely next tokens by ordinal.
    private(set) var predictedTokens: [Int] = []
    /// How many of these prompts contain each token.
    private(set) var promptCounts: [Int32]
    /// All token ids, prompt after prompt.
    private var tokens: [Int32] = []
    /// Where each prompt's tokens begin; one more than there are prompts.
    private var starts: [Int] = [0]

    /// Reads prompts, all of them unless `condition` says which; throws for a token outside the vocabulary.
    init(_ db: Database, vocabularySize: Int, where condition: String = "true") throws {
        promptCounts = [Int32](repeating: 0, count: vocabularySize)
        let sql = """
            SELECT id, tokens, content_hash, predicted_token FROM prompts WHERE \(condition) ORDER BY content_hash
            """
        try BlobScan.run(db, sql: sql) { row in
            ids.append(row.integer(0))
            hashPrefixes.append(try row.bigEndianPrefix(2))
            let decoded = try row.decode("prompts.tokens", column: 1) { (frame) throws(BlockFault) in
                try TokenBlock.decode(frame, vocabularySize: vocabularySize)
            }
            tokens += decoded.map { Int32(truncatingIfNeeded: $0) }
            starts.append(tokens.count)
            predictedTokens.append(try row.integer(3, named: "predicted_token", in: 0..<vocabularySize))
            for token in Set(decoded) { promptCounts[token] += 1 }
        }
    }

    /// How many tokens the vocabulary has.
    var vocabularySize: Int { promptCounts.count }

    /// The token ids of a prompt.
    func tokens(ordinal: Int) -> ArraySlice<Int32> { tokens[starts[ordinal]..<starts[ordinal + 1]] }
}
