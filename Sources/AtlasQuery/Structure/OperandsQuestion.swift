import AtlasStore
import Circuits
import GRDB
import Tensors

/// Which prompts make an operand grid, and what is read of them.
public struct OperandsOptions: Codable, Sendable, Equatable {
    /// The tag of the first operand, `a`.
    public var rowTag = "a"
    /// The tag of the second operand, `b`.
    public var columnTag = "b"
    /// Where activations are read.
    public var position = OperandPosition.last
    /// Which prompts, of those that have a number for both tags.
    public var filter = PromptFilter.all

    /// The defaults.
    public init() {}
}

/// How activations depend on the two operands of a template.
extension AtlasReader {
    static let operandTags = """
        SELECT r.prompt_id, r.value AS row, c.value AS col FROM tags r JOIN tags c ON c.prompt_id = r.prompt_id
        WHERE r.name = ? AND c.name = ? ORDER BY r.prompt_id, r.value, c.value
        """
    static let tokenCountOfPrompt = "SELECT token_count FROM prompts WHERE id = ?"

    /// A feature's activations over two operands, and what they depend on; see ``OperandsReport``.
    public func operands(of feature: FeatureID, options: OperandsOptions = OperandsOptions()) throws -> OperandsReport {
        let (prompts, values, label) = try ask("asking how a feature depends on operands") { db in
            try requireFired(feature, db)
            let prompts = try GridPrompts(operandCells(options, db))
            var values: [Int: Double] = [:]
            for firing in try firings(of: feature, db) where prompts.cells[firing.promptID] != nil {
                if options.position == .last {
                    let count: Int = try StoredRow.fetchExisting(
                        db.cachedStatement(sql: Self.tokenCountOfPrompt), "prompts.id",
                        arguments: [firing.promptID])[0]
                    guard firing.position == count - 1 else { continue }
                }
                values.keepStrongest(firing.activation, of: firing.promptID)
            }
            let label = try shownLabel(of: feature, db)
            return (prompts, values, label)
        }
        let active = prompts.cellMeans(values.map { ($0.key, $0.value) })
        let grid = prompts.grid
        var cellValues = [Double](repeating: 0, count: grid.cells.count)
        for (place, value) in active { cellValues[place] = value }
        return OperandsReport(
            feature: feature, label: label.label, labelIsAutomatic: label.isAutomatic, rowTag: options.rowTag,
            columnTag: options.columnTag, position: options.position, filter: "\(options.filter)",
            rows: grid.rows, columns: grid.columns, values: grid.isSparse ? [] : grid.table(of: cellValues),
            cells: grid.isSparse ? grid.list(of: cellValues) : nil, shape: OperandFitting(active, grid: grid).shape)
    }

    /// Every feature that fires in an operand grid, with what it depends on, the best fits of each class first.
    ///
    /// - Parameters:
    ///   - kind: only features of this class
    ///   - minimumShare: features that fire in a smaller share of the cells are counted, but not told
    ///   - limit: how many of each class are told
    public func operandRanking(
        of kind: OperandClass? = nil, options: OperandsOptions = OperandsOptions(),
        minimumShare: Double = 0.01, limit: Int = 20
    ) throws -> OperandRanking {
        let (prompts, byFeature) = try ask("asking which features depend on operands") { db in
            let prompts = try GridPrompts(operandCells(options, db))
            var byFeature: [FeatureID: [(prompt: Int, value: Double)]] = [:]
            try forEachActivations(of: prompts.ids, db) { place, tokenCount, active in
                var maxima: [FeatureID: Float] = [:]
                for feature in active where options.position == .largest || feature.position == tokenCount - 1 {
                    maxima.keepStrongest(feature.activation, of: feature.feature)
                }
                for (feature, value) in maxima {
                    byFeature[feature, default: []].append((prompts.ids[place], Double(value)))
                }
            }
            return (prompts, byFeature)
        }
        let shapes = try byFeature.keys.sorted().map { feature in
            try Cancellation.check()
            return (feature, OperandFitting(prompts.cellMeans(byFeature[feature]!), grid: prompts.grid).shape)
        }.filter { $0.1.activeShare >= minimumShare }
        var counts: [String: Int] = [:]
        for (_, shape) in shapes { counts[shape.kind.rawValue, default: 0] += 1 }
        var chosen: [(FeatureID, OperandShape)] = []
        for wanted in [OperandClass.bar, .stripe, .diagonal, .lookup, .constant, .none]
        where kind == nil || kind == wanted {
            let ranked = shapes.filter { $0.1.kind == wanted }.sorted {
                ($1.1.explained ?? 0, $1.1.size, $0.0) < ($0.1.explained ?? 0, $0.1.size, $1.0)
            }
            chosen += ranked.prefix(limit)
        }
        let rows = try ask("labelling features of operands") { db in
            try chosen.map { feature, shape in
                let label = try shownLabel(of: feature, db)
                return OperandRanking.Row(
                    feature: feature, label: label.label, labelIsAutomatic: label.isAutomatic, shape: shape)
            }
        }
        return OperandRanking(
            rowTag: options.rowTag, columnTag: options.columnTag, position: options.position,
            filter: "\(options.filter)", cellCount: prompts.grid.cells.count, featureCount: byFeature.count,
            minimumShare: minimumShare, rareCount: byFeature.count - shapes.count,
            counts: counts, features: rows)
    }

    /// The prompts that have one number for each operand, in canonical order.
    func operandCells(_ options: OperandsOptions, _ db: Database) throws -> [(prompt: Int, cell: OperandCell)] {
        try requireAllActivations(for: "what a feature's activation depends on", db)
        try requireTagName(options.rowTag, db)
        try requireTagName(options.columnTag, db)
        var cells: [Int: OperandCell] = [:]
        var ambiguous = Set<Int>()
        let tags = try StoredRow.fetchCursor(db, sql: Self.operandTags, arguments: [options.rowTag, options.columnTag])
        while let tag = try tags.next() {
            guard let row = try Int(tag["row"] as String), let column = try Int(tag["col"] as String) else { continue }
            let prompt: Int = try tag["prompt_id"]
            if cells.updateValue(OperandCell(row: row, column: column), forKey: prompt) != nil {
                ambiguous.insert(prompt)
            }
        }
        let found = try prompts(where: options.filter, needGraphs: false, db).compactMap { id in
            ambiguous.contains(id) ? nil : cells[id].map { (id, $0) }
        }
        guard !found.isEmpty else {
            throw QuestionError.noGrid(
                rows: options.rowTag, columns: options.columnTag, nearest: try numericTagNames(db))
        }
        return found
    }

    private func numericTagNames(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT name FROM tags WHERE value <> '' AND value NOT GLOB '*[^0-9]*' ORDER BY name LIMIT 5
                """)
    }
}
