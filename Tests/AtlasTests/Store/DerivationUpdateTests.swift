import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Adding prompts to what is derived gives what deriving everything anew gives.
struct DerivationUpdateTests {
    private let everything: [PromptFacts] = {
        var facts = RandomFacts.withEffects(RandomFacts.prompts(60, signed: true))
        for place in stride(from: 0, to: 60, by: 7) { facts[place].graph = nil }
        for place in stride(from: 1, to: 60, by: 5) { facts[place].graph?.effects = nil }
        return facts
    }()
    private let effects = [
        FeatureTokenEffects(
            feature: .init(layer: 0, index: 1), promoted: [.init(token: 3, value: 2)],
            suppressed: [.init(token: 4, value: -2)], excitedBy: [])
    ]

    private func differences(_ atlas: Atlas) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebuilt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let comparison = try DerivedComparison.run(atlas, copyingTo: folder.path)
        #expect(comparison.rowCount > 1000)
        return comparison.problems
    }

    private func commit(_ facts: [PromptFacts], to atlas: Atlas) throws {
        let writer = AtlasWriter(atlas)
        try writer.commit(facts, run: try writer.beginRun(corpus: "more"))
    }

    @Test(arguments: [[40, 50, 60], [31, 33, 34, 35, 36, 60], [20, 39, 60]])
    func `what comes in batch by batch gives what a rebuild gives`(ends: [Int]) throws {
        let test = try TemporaryAtlas([Array(everything[..<ends[0]])])
        try AtlasWriter(test.atlas).writeTokenEffects(effects)
        #expect(try AtlasDerivation(test.atlas).update() == .rebuilt)
        #expect(try AtlasDerivation(test.atlas).update() == .nothing)
        for (start, end) in zip(ends, ends.dropFirst()) {
            try commit(Array(everything[start..<end]), to: test.atlas)
            #expect(try AtlasDerivation(test.atlas).isStale())
            #expect(try AtlasDerivation(test.atlas).update() == .added)
            #expect(try !AtlasDerivation(test.atlas).isStale())
            #expect(try differences(test.atlas) == [])
            #expect(try AtlasReader(test.atlas).verify().problems == [])
        }
        let feature = try #require(try AtlasReader(test.atlas).firedFeatures().first)
        #expect(try AtlasReader(test.atlas).firings(of: feature).map(\.promptID).isSorted)
        try AtlasDerivation(test.atlas).rebuild()
        #expect(try differences(test.atlas) == [])
    }

    @Test func `a graph that comes later to a prompt is added, and effects that come later are derived anew`() throws {
        var bare = everything
        bare[3].graph = nil
        let later = try #require(everything[2].graph)
        bare[2].graph?.effects = nil
        let test = try TemporaryAtlas([bare])
        try AtlasDerivation(test.atlas).update()
        try commit([everything[3]], to: test.atlas)
        #expect(try AtlasDerivation(test.atlas).update() == .added)
        #expect(try differences(test.atlas) == [])
        try AtlasWriter(test.atlas).writeEffects([(3, later)])
        #expect(try AtlasDerivation(test.atlas).update() == .rebuilt)
        #expect(try differences(test.atlas) == [])
    }

    @Test func `token effects of features that fired before are derived anew, those of new features are added`() throws
    {
        let test = try TemporaryAtlas([Array(everything[..<50])])
        try AtlasDerivation(test.atlas).update()
        try AtlasWriter(test.atlas).writeTokenEffects(effects)
        #expect(try AtlasDerivation(test.atlas).update() == .rebuilt)
        let fired = try AtlasReader(test.atlas).firedFeatures()
        try commit(Array(everything[50...]), to: test.atlas)
        let fresh = try AtlasWriter(test.atlas).featuresLackingTokenEffects().filter { !fired.contains($0) }
        try AtlasWriter(test.atlas).writeTokenEffects(
            fresh.map {
                FeatureTokenEffects(feature: $0, promoted: [.init(token: 5, value: 1)], suppressed: [], excitedBy: [])
            })
        #expect(try AtlasDerivation(test.atlas).update() == .added)
        #expect(try differences(test.atlas) == [])
    }

    @Test func `postings stay in few runs, however many batches come in`() throws {
        let test = try TemporaryAtlas([Array(everything[..<30])])
        try AtlasDerivation(test.atlas).update()
        for facts in everything[30...] {
            try commit([facts], to: test.atlas)
            try AtlasDerivation(test.atlas).update()
        }
        let runs = try test.atlas.read("counting") { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM posting_runs")!
        }
        #expect(runs > 1 && runs <= 7)
        #expect(try differences(test.atlas) == [])
    }

    @Test func `a number changed by hand is found by the comparison`() throws {
        let test = try TemporaryAtlas([everything])
        try AtlasDerivation(test.atlas).update()
        let changes = [
            ("UPDATE aggregated_edges SET occurrences = occurrences + 1", "aggregated_edges: "),
            ("DELETE FROM logit_drivers WHERE token = (SELECT min(token) FROM logit_drivers)", "logit_drivers: "),
            ("UPDATE feature_statistics SET activation_sum = activation_sum * (1 + 1e-9)", "feature_statistics: "),
            ("DELETE FROM feature_postings WHERE block = 0", "feature_postings: "),
        ]
        for (sql, table) in changes {
            try test.atlas.write("damaging") { db in try db.execute(sql: sql) }
            #expect(try differences(test.atlas).contains { $0.hasPrefix(table) }, "\(table)")
        }
    }

    @Test func `what an earlier program derived, or nothing, is told in one line and not compared`() throws {
        let test = try TemporaryAtlas([everything])
        #expect(
            try AtlasReader(test.atlas).verify(derivingAnew: true).problems == [
                "derived: nothing is, so nothing was compared; derive first"
            ])
        try AtlasDerivation(test.atlas).update()
        try test.atlas.write("upgrading") { db in
            try db.execute(sql: "DELETE FROM derivation_extent")
            try TableDigests.record(["derivation_extent"], in: db)
        }
        let report = try AtlasReader(test.atlas).verify(derivingAnew: true)
        #expect(report.problems == ["derived: by an earlier program, so nothing was compared; derive again"])
        #expect(report.comparedRows == nil)
    }

    @Test func `an update on a full disk leaves the derived tables as they were`() throws {
        let test = try TemporaryAtlas([Array(everything[..<40])])
        try AtlasDerivation(test.atlas).update()
        let sql = "SELECT name, digest FROM table_digests ORDER BY name"
        try commit(Array(everything[40...]), to: test.atlas)
        let before = try test.atlas.read("reading") { db in try Row.fetchAll(db, sql: sql) }
        try test.atlas.database.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")!
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 1)")
        }
        #expect(throws: AtlasError.self) { try AtlasDerivation(test.atlas).update() }
        #expect(try test.atlas.read("reading") { db in try Row.fetchAll(db, sql: sql) } == before)
        try test.atlas.database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try AtlasDerivation(test.atlas).update() == .added)
        #expect(try differences(test.atlas) == [])
    }
}

extension Array where Element: Comparable {
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
