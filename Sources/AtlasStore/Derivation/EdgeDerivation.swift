import Circuits
import GRDB

/// Adds up the stored edges over prompts, positions collapsed.
///
/// All edges go into flat arrays, are sorted once by (target, source) and added up in a single walk: inside a pair by
/// prompt in canonical order, inside a prompt in the order of its edges.
struct EdgeDerivation {
    /// One stored edge, without its end points.
    private struct Contribution {
        var weight: Float
        /// The target's sum of absolute inputs.
        var inputSum: Float
        /// The graph's ordinal, and in the highest bit whether source and target share a position.
        var graphAndPosition: UInt32

        var graph: UInt32 { graphAndPosition & 0x7FFF_FFFF }
        var isSamePosition: Bool { graphAndPosition >> 31 == 1 }
    }

    func run(_ db: Database, graphs: CanonicalGraphs, to place: DerivedSums.Place) throws {
        var pairs: [UInt64] = []
        var contributions: [Contribution] = []
        try graphs.forEach(db) { graph in
            let positions = graph.nodes.map { $0.id.position(in: graph.targets) }
            for edge in graph.edges {
                let isSame = positions[edge.target] == positions[edge.source]
                pairs.append(UInt64(graph.denseKeys[edge.target]) << 32 | UInt64(graph.denseKeys[edge.source]))
                contributions.append(
                    Contribution(
                        weight: edge.weight, inputSum: graph.nodes[edge.target].inputSum,
                        graphAndPosition: UInt32(graph.ordinal) | (isSame ? 1 << 31 : 0)))
            }
        }
        var places = Array(0..<UInt32(pairs.count))
        RadixSort.sort(&pairs, moving: &places)
        let insertAll = { try insert(pairs, places, contributions, keys: graphs.keys, into: place, db) }
        switch place {
        case .tables: try Self.rebuildingIndex("aggregated_edges_by_source", in: db, insertAll)
        case .additions: try insertAll()
        }
    }

    private func insert(
        _ pairs: [UInt64], _ places: [UInt32], _ contributions: [Contribution], keys: [NodeKey],
        into place: DerivedSums.Place, _ db: Database
    ) throws {
        let rows = try BulkInsertion(
            db, into: place("aggregated_edges"),
            columns: [
                "target", "source", "support", "occurrences", "positive_prompts", "negative_prompts", "weight_sum",
                "weight_square_sum", "share_sum", "absolute_weight", "same_position_weight",
            ])
        var start = 0
        while start < pairs.count {
            let pair = pairs[start]
            var total = EdgeSum()
            var end = start
            while end < pairs.count, pairs[end] == pair {
                let graph = contributions[Int(places[end])].graph
                var weight = 0.0
                while end < pairs.count, pairs[end] == pair {
                    let contribution = contributions[Int(places[end])]
                    guard contribution.graph == graph else { break }
                    weight += Double(contribution.weight)
                    total.add(
                        weight: contribution.weight, inputSum: contribution.inputSum,
                        isSamePosition: contribution.isSamePosition)
                    end += 1
                }
                total.addPrompt(weight: weight)
            }
            rows.bind(keys[Int(pair >> 32)].rawValue)
            rows.bind(keys[Int(pair & 0xFFFF_FFFF)].rawValue)
            for value in [total.support, total.occurrences, total.positive, total.negative] { rows.bind(value) }
            for value in [total.weight, total.square, total.share, total.absolute, total.samePosition] {
                rows.bind(value)
            }
            try rows.step()
            start = end
        }
    }

    /// Fills a table without one of its indexes, and builds that afterwards: five times as fast as keeping it.
    static func rebuildingIndex(_ name: String, in db: Database, _ body: () throws -> Void) throws {
        let sql = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [name])!
        try db.execute(sql: "DROP INDEX \(name)")
        try body()
        try db.execute(sql: sql)
    }
}
