import AtlasStore
import Circuits
import Foundation
import GRDB

/// Which labelled subgraphs recur over prompts.
extension AtlasReader {
    static let hashOfPrompt = "SELECT content_hash FROM prompts WHERE id = ?"

    /// Looks for labelled subgraphs that recur over a group's graphs more often than in rewired ones; see
    /// ``MotifsReport``.
    public func motifs(where filter: PromptFilter = .all, options: MotifsOptions = MotifsOptions()) throws
        -> MotifsReport
    {
        try ask("looking for motifs") { db in
            let all = try prompts(where: filter, needGraphs: true, db)
            let ids = all.prefix(options.graphLimit)
            let graphs = try ids.map { id in
                FeatureGraph(
                    try storedGraph(of: id, db).pruned(
                        nodeThreshold: options.nodeThreshold, edgeThreshold: options.edgeThreshold))
            }
            let streams = try ids.map { id in
                let hash = try Data.fetchOne(db.cachedStatement(sql: Self.hashOfPrompt), arguments: [id])!
                return hash.prefix(8).reduce(0 as UInt64) { sum, byte in sum << 8 | UInt64(byte) }
            }
            let count = MotifCount(graphs, streams: streams, options: options)
            let tests = count.tested.indices.map { MotifTest(count.tested[$0].support, null: count.nullSupport[$0]) }
            let qValues = FalseDiscovery.qValues(tests.map(\.pValueMore))
            var rows: [MotifsReport.Row] = []
            for kind in MotifKind.allCases {
                let ranked = count.tested.indices.filter { count.tested[$0].motif.kind == kind }.sorted {
                    (qValues[$0], -(tests[$0].zScore ?? 0), $0) < (qValues[$1], -(tests[$1].zScore ?? 0), $1)
                }
                for place in ranked.prefix(options.limit) {
                    let (motif, support, together) = count.tested[place]
                    rows.append(
                        .init(
                            kind: kind, features: motif.features,
                            labels: try motif.features.map { try shownLabel(of: $0, db).label }, support: support,
                            together: together, expected: tests[place].expected, deviation: tests[place].deviation,
                            zScore: tests[place].zScore, pValue: tests[place].pValueMore, qValue: qValues[place]))
                }
            }
            func mean(_ numbers: [Int]) -> Double { numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count) }
            return MotifsReport(
                filter: "\(filter)", promptCount: all.count, readGraphs: graphs.count, options: options,
                meanNodes: mean(graphs.map(\.features.count)), meanEdges: mean(graphs.map(\.edges.count)),
                found: count.found, testedCount: count.tested.count, motifs: rows,
                census: FeatureGraph.censusShapes.indices.map { shape in
                    let test = MotifTest(count.census[shape], null: count.nullCensus[shape])
                    return .init(
                        shape: FeatureGraph.censusShapes[shape], count: count.census[shape], expected: test.expected,
                        deviation: test.deviation, zScore: test.zScore, pValueMore: test.pValueMore,
                        pValueFewer: test.pValueFewer)
                })
        }
    }
}
