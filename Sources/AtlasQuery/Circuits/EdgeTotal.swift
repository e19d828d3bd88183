import AtlasStore
import Circuits
import GRDB

/// What is known of one of a node's inputs over prompts, positions collapsed.
struct EdgeTotal: Equatable {
    let source: NodeKey
    var sum = EdgeSum()
    /// The sum of the weights, of those from a source of negative activation the sum with the other sign: what the source
    /// does by size. Known where single edges were added up; else 0.
    var aligned = 0.0

    init(source: NodeKey) { self.source = source }

    /// Whether the edge goes up the layers, as every edge of an attribution does; others are left out of circuits.
    static func goesUp(from source: NodeKey, to target: NodeKey) -> Bool {
        switch (source.kind, target.kind) {
        case (.token, .feature), (.token, .logit), (.feature, .logit), (.error, .logit): true
        case (.feature, .feature), (.error, .feature): source.layer! < target.layer!
        default: false
        }
    }
}

extension EdgeTotal {
    static let inputsOfNode = """
        SELECT source, support, positive_prompts, negative_prompts, weight_sum, weight_square_sum, share_sum,
            absolute_weight, same_position_weight
        FROM aggregated_edges WHERE target = ? ORDER BY source
        """

    /// The inputs of a node over all stored graphs, by source.
    static func inputs(of target: NodeKey, _ db: Database) throws -> [EdgeTotal] {
        var totals: [EdgeTotal] = []
        let statement = try db.cachedStatement(sql: inputsOfNode)
        let rows = try StoredRow.fetchCursor(statement, arguments: [target.rawValue])
        while let row = try rows.next() {
            let source = NodeKey(rawValue: try row[0])
            guard goesUp(from: source, to: target) else { continue }
            var total = EdgeTotal(source: source)
            total.sum.support = try row[1]
            total.sum.positive = try row[2]
            total.sum.negative = try row[3]
            total.sum.weight = try row[4]
            total.sum.square = try row[5]
            total.sum.share = try row[6]
            total.sum.absolute = try row[7]
            total.sum.samePosition = try row[8]
            totals.append(total)
        }
        return totals
    }
}
