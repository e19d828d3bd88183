import AtlasBasis
import AtlasQuery
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

    /// Whether contributions count from the mean over like prompts.
    var countsFromMean: Bool { baselines.groupTag != nil }

    /// The replacement model as it was when a prompt was stored.
    func attributor(prompt: Int, tokenCount: Int) throws -> Attributor {
        try attributor(tokenCount: tokenCount) { tag, db in try reader.tagValue(tag, ofPrompt: prompt, db)?.string }
    }

    /// The replacement model for a text, stored or not.
    ///
    /// - Parameter group: the stored prompts that it is like; `nil`: those that it stands among, if it is stored
    func attributor(text: String, group: String?, tokenCount: Int) throws -> Attributor {
        if let group { return try baselines.attributor(group: group, tokenCount: tokenCount) }
        return try attributor(tokenCount: tokenCount) { tag, db in
            try Int.fetchOne(db, sql: AtlasReader.promptByHash, arguments: [ContentHash(of: text).bytes])
                .flatMap { try reader.tagValue(tag, ofPrompt: $0, db)?.string }
        }
    }

    /// Asks the atlas for a group only where there are any.
    private func attributor(
        tokenCount: Int, group: (_ tag: String, Database) throws -> String?
    ) throws -> Attributor {
        let own = try baselines.groupTag.flatMap { tag in
            try reader.ask("reading a prompt's group") { try group(tag, $0) }
        }
        return try baselines.attributor(group: own ?? "", tokenCount: tokenCount)
    }
}

extension AtlasReader {
    /// The replacement model for a text, with neurons measured as the atlas measures like prompts; transcoders are the same
    /// for all.
    ///
    /// - Parameters:
    ///   - group: the stored prompts that it is like; `nil`: those that it stands among, if it is stored
    ///   - attributor: the atlas's replacement model
    /// - Throws: `AtlasError` for another replacement model
    public func attributor(
        for text: String, group: String? = nil, tokenCount: Int, _ attributor: Attributor
    ) throws -> Attributor {
        try requireModel(attributor)
        return try PromptModels(attributor, reader: self).attributor(text: text, group: group, tokenCount: tokenCount)
    }
}
