import AtlasQuery
import AtlasStore

/// What became of the names in a file.
public struct LabelImport: Codable, Sendable, Equatable {
    /// Features that had no name and have one now.
    public var added: Int
    /// Features that have the file's name in place of another.
    public var replaced: Int
    /// Names that were there already.
    public var alreadyThere: Int
    /// Names that were left out, as the features have others.
    public var kept: Int
    /// Names that were left out, as the file names the feature before.
    public var repeated: Int
    /// Names that were left out, as no graph of an imported atlas has the feature.
    public var unknownFeatures: Int

    /// Counts nothing yet, or these.
    public init(
        added: Int = 0, replaced: Int = 0, alreadyThere: Int = 0, kept: Int = 0, repeated: Int = 0,
        unknownFeatures: Int = 0
    ) {
        self.added = added
        self.replaced = replaced
        self.alreadyThere = alreadyThere
        self.kept = kept
        self.repeated = repeated
        self.unknownFeatures = unknownFeatures
    }
}

extension LabelFile {
    /// Takes the names over into an atlas: all of them or, after an error, none.
    ///
    /// - Parameter replaces: whether features that have a name get the file's
    public func write(to writer: AtlasWriter, replaces: Bool) throws -> LabelImport {
        let atlas = writer.atlas
        let stored = try Dictionary(uniqueKeysWithValues: AtlasReader(atlas).labels().map { ($0.feature, $0) })
        var summary = LabelImport(repeated: repeatedCount)
        var chosen: [FeatureLabel] = []
        for label in labels {
            // An imported atlas is as wide as the graphs in it; files of explanations tell of every feature.
            if atlas.identity.isImported, !atlas.identity.contains(label.feature) {
                summary.unknownFeatures += 1
            } else if let earlier = stored[label.feature] {
                if earlier == label {
                    summary.alreadyThere += 1
                } else if replaces {
                    summary.replaced += 1
                    chosen.append(label)
                } else {
                    summary.kept += 1
                }
            } else {
                summary.added += 1
                chosen.append(label)
            }
        }
        try writer.setLabels(chosen.map { (label: $0.label, note: $0.note, feature: $0.feature) })
        return summary
    }
}
