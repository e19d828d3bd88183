import AtlasStore
import Circuits
import GRDB
import Tensors

/// What features are called by their activations over the operand grid that a corpus is.
public struct OperandLabels: Codable, Sendable, Equatable {
    /// The tag of the first operand, `a`; `nil` where the corpus is no grid: then no feature has a label.
    public let rowTag: String?
    /// The tag of the second operand, `b`.
    public let columnTag: String?
    /// How many cells of the grid have prompts.
    public let cellCount: Int
    /// The features that were asked about, in the order given.
    public let features: [Row]

    /// Labels that are known.
    public init(rowTag: String?, columnTag: String?, cellCount: Int, features: [Row]) {
        self.rowTag = rowTag
        self.columnTag = columnTag
        self.cellCount = cellCount
        self.features = features
    }

    /// A feature and what it is called.
    public struct Row: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// What it depends on, as `a+b ≈ 153`; `nil` where it depends on none of what is tried, or never fires there.
        public let label: String?
        /// How it depends on the operands.
        public let kind: OperandClass
        /// The chosen fit's cross-validated R²; `nil` for a constant or for none.
        public let explained: Double?
    }
}

/// Several features on one grid, which is laid out once.
extension AtlasReader {
    static let tokenCountsOfTagged = """
        SELECT p.id, p.token_count FROM prompts p WHERE p.id IN (SELECT prompt_id FROM tags WHERE name = ?)
        """

    /// Throws unless the transcoder set has the feature.
    public func requireFeature(_ feature: FeatureID) throws(QuestionError) {
        guard atlas.identity.contains(feature) else {
            throw .unknownFeature(
                feature: feature, layerCount: atlas.identity.layerCount,
                featuresPerLayer: atlas.identity.featuresPerLayer)
        }
    }

    /// What features are called by their activations at the last token over the operands; see ``OperandShape/label``.
    ///
    /// - Parameters:
    ///   - features: in any order
    ///   - tags: the grid's; those of ``operandTags()`` unless given
    /// - Complexity: the tags of the grid's prompts once, then for each feature every place where it fires
    public func operandLabels(of features: [FeatureID], tags: OperandTags? = nil) throws -> OperandLabels {
        for feature in features { try requireFeature(feature) }
        return try ask("asking what features are called by operands") { db in
            let tags = try tags ?? operandTags(db)
            guard let rowTag = tags.rowTag, let columnTag = tags.columnTag,
                let grid = try grid(rowTag: rowTag, columnTag: columnTag, db)
            else {
                return OperandLabels(
                    rowTag: nil, columnTag: nil, cellCount: 0,
                    features: features.map { .init(feature: $0, label: nil, kind: .none, explained: nil) })
            }
            let rows = try features.map { feature in
                try Cancellation.check()
                var values: [Int: Double] = [:]
                for firing in try firings(of: feature, db) where grid.lastPositions[firing.promptID] == firing.position
                {
                    values.keepStrongest(firing.activation, of: firing.promptID)
                }
                let active = grid.prompts.cellMeans(values.map { ($0.key, $0.value) })
                let shape = OperandFitting(active, grid: grid.prompts.grid).shape
                return OperandLabels.Row(
                    feature: feature, label: shape.label, kind: active.isEmpty ? .none : shape.kind,
                    explained: shape.explained)
            }
            return OperandLabels(
                rowTag: rowTag, columnTag: columnTag, cellCount: grid.prompts.grid.cells.count, features: rows)
        }
    }

    /// The prompts of a grid and their last positions; `nil` where the atlas cannot tell where features are silent.
    private func grid(
        rowTag: String, columnTag: String, _ db: Database
    ) throws -> (prompts: GridPrompts, lastPositions: [Int: Int])? {
        var options = OperandsOptions()
        options.rowTag = rowTag
        options.columnTag = columnTag
        let prompts: GridPrompts
        do {
            prompts = GridPrompts(try operandCells(options, db))
        } catch QuestionError.needsActivations {
            return nil
        } catch QuestionError.noGrid {
            return nil
        }
        var lastPositions: [Int: Int] = [:]
        let counts = try StoredRow.fetchCursor(db, sql: Self.tokenCountsOfTagged, arguments: [rowTag])
        while let row = try counts.next() {
            let prompt: Int = try row["id"]
            if prompts.cells[prompt] != nil { lastPositions[prompt] = try row["token_count"] - 1 }
        }
        return (prompts, lastPositions)
    }
}
