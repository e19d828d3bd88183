import AtlasStore
import Circuits
import Foundation
import GRDB
import Tensors

/// Which labelled subgraphs recur over prompts.
extension AtlasReader {
    static let hashOfPrompt = "SELECT content_hash FROM prompts WHERE id = ?"

    /// Looks for labelled subgraphs that recur over a group's graphs more often than in rewired ones; see
    /// ``MotifsReport``.
    ///
    /// Graphs are read first; they are rewired, which takes much longer, without holding the atlas.
    ///
    /// - Parameter jobs: threads; the answer does not depend on it
    public func motifs(
        where filter: PromptFilter = .all, options: MotifsOptions = MotifsOptions(),
        jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws -> MotifsReport {
        let (promptCount, graphs, streams) = try motifGraphs(filter, options)
        let count = MotifCount(graphs, streams: streams, options: options, jobs: jobs)
        try Cancellation.check()
        let degrees = MotifTests(count, null: .degrees, rewirings: options.rewirings)
        let places = MotifTests(count, null: .places, rewirings: options.rewirings)
        let rate = options.falseDiscoveryRate
        func mean(_ numbers: [Int]) -> Double { numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count) }
        return MotifsReport(
            filter: "\(filter)", promptCount: promptCount, readGraphs: graphs.count, options: options,
            meanNodes: mean(graphs.map(\.features.count)), meanEdges: mean(graphs.map(\.edges.count)),
            found: count.found, testedCount: count.tested.count,
            significantCount: degrees.qValues.count { $0 <= rate },
            significantInBoth: count.tested.indices.count {
                degrees.qValues[$0] <= rate && places.qValues[$0] <= rate
            },
            motifs: try ask("labelling motifs") { db in
                try rows(count, degrees, places, options: options, db)
            }, census: census(count),
            limitations: zip(["degrees", "degrees and places"], [degrees, places]).compactMap { kept, tests in
                tests.enoughRewirings(rate: rate).map { enough in
                    "\(options.rewirings) rewirings that keep \(kept) are too few: not even the motifs that none of "
                        + "them reaches can have q of at most \(rate) among \(count.tested.count) tests; "
                        + "\(enough.together) would be enough if these stay unreached, \(enough.alone) in any case"
                }
            })
    }

    /// The group's graphs, and for each a number that its text alone decides.
    private func motifGraphs(
        _ filter: PromptFilter, _ options: MotifsOptions
    ) throws -> (promptCount: Int, graphs: [FeatureGraph], streams: [UInt64]) {
        try ask("looking for motifs") { db in
            let all = try prompts(where: filter, needGraphs: true, db)
            let ids = all.prefix(options.graphLimit)
            var graphs: [FeatureGraph] = []
            try ReadingProgress.forEach(ids) { _, id in
                graphs.append(
                    FeatureGraph(
                        try storedGraph(of: id, db).pruned(
                            nodeThreshold: options.nodeThreshold, edgeThreshold: options.edgeThreshold),
                        signed: options.signed))
            }
            let streams = try ids.map { id in
                let hash: Data = try StoredRow.fetchExisting(
                    db.cachedStatement(sql: Self.hashOfPrompt), "prompts.id", arguments: [id])[0]
                return hash.prefix(8).reduce(0 as UInt64) { sum, byte in sum << 8 | UInt64(byte) }
            }
            return (all.count, graphs, streams)
        }
    }

    /// The first motifs of each kind: those that neither null explains before those that one does.
    private func rows(
        _ count: MotifCount, _ degrees: MotifTests, _ places: MotifTests, options: MotifsOptions, _ db: Database
    ) throws -> [MotifsReport.Row] {
        func rank(_ place: Int) -> (Double, Double, Double, Int) {
            let (one, other) = (degrees.qValues[place], places.qValues[place])
            return (max(one, other), min(one, other), -(degrees.tests[place].zScore ?? 0), place)
        }
        return try MotifKind.allCases.flatMap { kind in
            try count.tested.indices.filter { count.tested[$0].motif.kind == kind }.sorted { rank($0) < rank($1) }
                .prefix(options.limit).map { place in
                    let (motif, support, together) = count.tested[place]
                    return MotifsReport.Row(
                        kind: kind, features: motif.features,
                        signs: options.signed ? motif.signs.map { $0 == .positive ? 1 : -1 } : nil,
                        labels: try motif.features.map { try shownLabel(of: $0, db).label }, support: support,
                        together: together, degrees: degrees.expectation(place), places: places.expectation(place))
                }
        }
    }

    private func census(_ count: MotifCount) -> [MotifsReport.CensusRow] {
        FeatureGraph.censusShapes.indices.map { shape in
            func expectation(_ null: MotifNull) -> MotifsReport.CensusExpectation {
                let test = MotifTest(count.census[shape], null: count.nulls[null.ordinal].census[shape])
                return .init(
                    expected: test.expected, deviation: test.deviation, zScore: test.zScore,
                    pValueMore: test.pValueMore, pValueFewer: test.pValueFewer)
            }
            return .init(
                shape: FeatureGraph.censusShapes[shape], count: count.census[shape],
                degrees: expectation(.degrees), places: expectation(.places))
        }
    }
}
