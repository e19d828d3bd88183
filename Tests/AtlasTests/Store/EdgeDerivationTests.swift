import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Aggregated edges and logit drivers against the plain way.
struct EdgeDerivationTests {
    private let oracle: PlainOracle
    private let test: TemporaryAtlas

    init() throws {
        let facts = RandomFacts.prompts(40)
        oracle = PlainOracle(facts)
        test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
    }

    private func rows(_ sql: String) throws -> [Row] {
        try test.atlas.read("testing") { db in try Row.fetchAll(db, sql: sql) }
    }

    @Test func `an aggregated edge adds up the stored edges of every prompt`() throws {
        let expected = oracle.edges()
        let found = try rows("SELECT * FROM aggregated_edges")
        #expect(found.count == expected.count)
        for row in found {
            let pair = PlainOracle.Pair(
                target: NodeKey(rawValue: row["target"]), source: NodeKey(rawValue: row["source"]))
            let edge = try #require(expected[pair])
            let counts = ["support", "occurrences", "positive_prompts", "negative_prompts"].map { row[$0] as Int }
            #expect(counts == [edge.support, edge.occurrences, edge.positive, edge.negative])
            #expect(agree(row["weight_sum"], edge.weight) && agree(row["weight_square_sum"], edge.square))
            #expect(agree(row["share_sum"], edge.share) && agree(row["absolute_weight"], edge.absolute))
            #expect(agree(row["same_position_weight"], edge.same))
        }
    }

    @Test func `a driver adds up influence and direct effect of every prompt`() throws {
        let expected = oracle.drivers()
        let found = try rows("SELECT * FROM logit_drivers")
        #expect(found.count == expected.count)
        for row in found {
            let key = PlainOracle.DriverKey(token: row["token"], node: NodeKey(rawValue: row["node"]))
            let driver = try #require(expected[key])
            let counts = ["prompt_count", "direct_support", "positive_prompts", "negative_prompts"].map {
                row[$0] as Int
            }
            #expect(counts == [driver.prompts, driver.directSupport, driver.positive, driver.negative])
            #expect(row["covered_prompts"] == driver.covered.count)
            #expect(agree(row["influence_sum"], driver.influence))
            #expect(agree(row["direct_sum"], driver.direct) && agree(row["direct_square_sum"], driver.directSquare))
        }
    }

    @Test func `a token counts every prompt in which it is a target once`() throws {
        let found = try rows("SELECT * FROM logit_statistics")
        let graphs = oracle.prompts.compactMap(\.graph)
        #expect(found.map { $0["token"] as Int } == Set(graphs.flatMap { $0.targets.map(\.token) }).sorted())
        for row in found {
            let with = graphs.map { $0.targets.filter { $0.token == row["token"] } }.filter { !$0.isEmpty }
            #expect(row["prompt_count"] == with.count)
            #expect(agree(row["probability_sum"], with.joined().reduce(0.0) { $0 + Double($1.probability) }))
        }
    }

    @Test func `a cover takes the feature that covers most of what is left, until nothing is left`() throws {
        let drivers = oracle.drivers()
        for token in Set(drivers.keys.map(\.token)) {
            let candidates = drivers.filter { $0.key.token == token && !$0.value.covered.isEmpty }
            var left = candidates.reduce(into: Set<Int>()) { $0.formUnion($1.value.covered) }
            let all = left.count
            for row in try rows("SELECT * FROM logit_cover WHERE token = \(token) ORDER BY rank") {
                let node = NodeKey(rawValue: row["node"])
                let best = candidates.values.map { $0.covered.intersection(left).count }.max()!
                let chosen = candidates[.init(token: token, node: node)]!
                #expect(row["newly_covered"] == best && chosen.covered.intersection(left).count == best)
                left.subtract(chosen.covered)
                #expect(row["covered"] == all - left.count)
            }
            #expect(left.isEmpty)
        }
    }

    @Test func `ties between covers go to the one that holds more, then to the smaller node`() {
        let candidates = [
            LogitCover.Candidate(node: 1, held: 1, prompts: [0, 1]),
            LogitCover.Candidate(node: 2, held: 3, prompts: [1, 2]),
            LogitCover.Candidate(node: 3, held: 3, prompts: [0, 2]),
        ]
        #expect(
            LogitCover.choose(candidates) == [
                .init(node: 2, newlyCovered: 2, covered: 2), .init(node: 3, newlyCovered: 1, covered: 3),
            ])
    }

    @Test func `sorting by radix is sorting, and stable`() {
        var generator = SeededNumbers(seed: 19)
        for mask in [UInt64.max, 0, 7, 0xFF00_0000_FFFF] {
            let keys = (0..<5000).map { _ in generator.next() & mask }
            var (sorted, places) = (keys, Array(0..<UInt32(keys.count)))
            RadixSort.sort(&sorted, moving: &places)
            let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
            #expect(places.map(Int.init) == expected)
            #expect(sorted == expected.map { keys[$0] })
        }
    }
}
