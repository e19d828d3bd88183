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
        var group = ""
        if let tag = baselines.groupTag {
            group = try reader.ask("reading a prompt's group") { db in
                try String.fetchOne(
                    db, sql: "SELECT value FROM tags WHERE prompt_id = ? AND name = ? ORDER BY value LIMIT 1",
                    arguments: [prompt, tag]) ?? ""
            }
        }
        return try baselines.attributor(group: group, tokenCount: tokenCount)
    }

    /// The replacement model for a text that is not stored.
    ///
    /// - Parameter group: the stored prompts that it is like; empty for none
    func attributor(group: String, tokenCount: Int) throws -> Attributor {
        try baselines.attributor(group: group, tokenCount: tokenCount)
    }
}
