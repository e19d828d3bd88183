import AtlasBasis
import AtlasStore
import Attribution
import GRDB

/// The replacement model of stored prompts, each measured from the baseline that its numbers were computed from.
struct PromptModels: Sendable {
    private let reader: AtlasReader
    private let baselines: PromptBaselines

    init(_ attributor: Attributor, reader: AtlasReader) {
        self.reader = reader
        baselines = PromptBaselines(reader.atlas, attributor: attributor)
    }

    /// The replacement model as it was when a prompt was stored.
    func attributor(prompt: Int, tokenCount: Int) throws -> Attributor {
        try baselines.attributor(
            group: reader.ask("reading a prompt's group") { try group(ofPrompt: prompt, $0) }, tokenCount: tokenCount)
    }

    /// The replacement model for a text, stored or not.
    ///
    /// - Parameter group: the stored prompts that it is like; `nil`: those that it stands among, if it is stored
    func attributor(text: String, group: String?, tokenCount: Int) throws -> Attributor {
        let own =
            try group
            ?? reader.ask("looking a text up") { db in
                let prompt = try Int.fetchOne(
                    db, sql: AtlasReader.promptByHash, arguments: [ContentHash(of: text).bytes])
                return try prompt.map { try self.group(ofPrompt: $0, db) } ?? ""
            }
        return try baselines.attributor(group: own, tokenCount: tokenCount)
    }

    private func group(ofPrompt prompt: Int, _ db: Database) throws -> String {
        guard let tag = baselines.groupTag else { return "" }
        return try String.fetchOne(
            db, sql: "SELECT value FROM tags WHERE prompt_id = ? AND name = ? ORDER BY value LIMIT 1",
            arguments: [prompt, tag]) ?? ""
    }
}

extension AtlasReader {
    /// The replacement model for a text, with neurons measured as the atlas measures like prompts; transcoders are the same
    /// for all.
    ///
    /// - Parameters:
    ///   - group: the stored prompts that it is like; `nil`: those that it stands among, if it is stored
    ///   - attributor: the atlas's replacement model
    public func attributor(
        for text: String, group: String? = nil, tokenCount: Int, _ attributor: Attributor
    ) throws -> Attributor {
        try PromptModels(attributor, reader: self).attributor(text: text, group: group, tokenCount: tokenCount)
    }
}
