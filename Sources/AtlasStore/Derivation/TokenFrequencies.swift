import GRDB

/// How many prompts contain each token.
struct TokenFrequencies {
    /// By token.
    private(set) var promptCounts: [Int32]
    /// All prompts.
    private(set) var total: Int

    /// Counts them in prompts.
    init(_ prompts: CanonicalPrompts) {
        promptCounts = prompts.promptCounts
        total = prompts.ids.count
    }

    /// Reads them as they were derived.
    init(_ db: Database, vocabularySize: Int) throws {
        promptCounts = [Int32](repeating: 0, count: vocabularySize)
        total = try Int.fetchOne(db, sql: "SELECT prompt_count FROM derivation") ?? 0
        var counts = promptCounts
        try BlobScan.run(db, sql: "SELECT token, prompt_count FROM token_statistics") { row in
            let token = try row.integer(0, named: "token", in: 0..<vocabularySize)
            counts[token] = Int32(try row.integer(1, named: "prompt_count", in: 0..<Int(Int32.max)))
        }
        promptCounts = counts
    }

    /// The share of all prompts that contain a token.
    func frequency(of token: Int) -> Double { Double(promptCounts[token]) / Double(total) }

    /// Adds other prompts.
    mutating func add(_ prompts: CanonicalPrompts) {
        for (token, count) in prompts.promptCounts.enumerated() where count > 0 { promptCounts[token] += count }
        total += prompts.ids.count
    }

    /// Writes them.
    static func insert(_ prompts: CanonicalPrompts, into place: DerivedSums.Place, _ db: Database) throws {
        let rows = try BulkInsertion(db, into: place("token_statistics"), columns: ["token", "prompt_count"])
        for (token, count) in prompts.promptCounts.enumerated() where count > 0 {
            rows.bind(token)
            rows.bind(Int(count))
            try rows.step()
        }
    }
}
