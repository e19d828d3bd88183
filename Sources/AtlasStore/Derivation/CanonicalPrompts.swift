import GRDB

/// Every stored prompt in canonical order, that of the content hashes; a prompt's place in it is its ordinal.
struct CanonicalPrompts {
    /// Ids by ordinal.
    private(set) var ids: [Int] = []
    /// The leading 64 bits of the content hashes by ordinal, for seeded choices.
    private(set) var hashPrefixes: [UInt64] = []
    /// All token ids, prompt after prompt.
    private var tokens: [Int32] = []
    /// Where each prompt's tokens begin; one more than there are prompts.
    private var starts: [Int] = [0]

    /// Reads every prompt; throws for a token outside the vocabulary.
    init(_ db: Database, vocabularySize: Int) throws {
        try BlobScan.run(db, sql: "SELECT id, tokens, content_hash FROM prompts ORDER BY content_hash") { row in
            ids.append(row.integer(0))
            hashPrefixes.append(row.bigEndianPrefix(2))
            let decoded = try row.decode("prompts.tokens", column: 1) { (frame) throws(BlockFault) in
                let tokens = try TokenBlock.decode(frame)
                if let odd = tokens.first(where: { $0 >= vocabularySize }) {
                    throw BlockFault(expected: "token ids below \(vocabularySize)", found: "\(odd)")
                }
                return tokens
            }
            tokens += decoded.map { Int32(truncatingIfNeeded: $0) }
            starts.append(tokens.count)
        }
    }

    /// The token at a position; `nil` past the end of the prompt.
    func token(ordinal: Int, position: Int) -> Int? {
        let place = starts[ordinal] + position
        return place < starts[ordinal + 1] ? Int(tokens[place]) : nil
    }

    /// The token ids of a prompt.
    func tokens(ordinal: Int) -> [Int] { tokens[starts[ordinal]..<starts[ordinal + 1]].map(Int.init) }
}
