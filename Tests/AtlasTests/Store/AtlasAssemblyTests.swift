import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// One atlas that answers for shards: like their merge, as long as they are there and as they were.
struct AtlasAssemblyTests {
    private let facts = RandomFacts.withHeads(RandomFacts.withEffects(RandomFacts.prompts(48, signed: true)))

    /// A folder with shards of consecutive shares of the facts, a merge of them and an atlas assembled from them.
    private final class Corpus {
        let folder: String
        let shards: [String]
        var merged: String { folder + "/merged.atlas" }
        var assembled: String { folder + "/assembled.atlas" }

        init(_ facts: [PromptFacts], shards count: Int) throws {
            folder = NSTemporaryDirectory() + "assembly-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder + "/shards", withIntermediateDirectories: true)
            let folder = folder
            shards = (0..<count).map { folder + "/shards/\($0).atlas" }
            for (number, path) in shards.enumerated() {
                let share = facts.count * number / count..<facts.count * (number + 1) / count
                try Self.write(Array(facts[share]), to: path, number)
            }
            try AtlasJoin(parts: shards, whole: merged).run()
            let taken = try AtlasAssembly(shards: shards, whole: assembled).run()
            #expect(taken.map(\.prompts).reduce(0, +) == facts.count)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        static func write(_ facts: [PromptFacts], to path: String, _ number: Int) throws {
            let atlas = try Atlas.open(path, mode: .create(RandomFacts.identity))
            let writer = AtlasWriter(atlas)
            let run = try writer.beginRun(corpus: "corpus \(number % 2)")
            try writer.commit(facts, run: run)
            try writer.finishRun(run)
            try writer.setLabel("of shard \(number)", note: "", of: FeatureID(layer: 1, index: number % 12))
            try writer.writeTokenEffects([
                FeatureTokenEffects(
                    feature: FeatureID(layer: 1, index: number % 12), promoted: [.init(token: 3, value: 1)],
                    suppressed: [.init(token: 19, value: -1)], excitedBy: [])
            ])
            try AtlasDerivation(atlas).rebuild()
            try atlas.close()
        }

        func reader(_ path: String) throws -> AtlasReader { AtlasReader(try Atlas.open(path, mode: .readOnly)) }
    }

    /// What two atlases say in a table, compared row by row; sums within the tolerance.
    private func requireSame(_ one: Atlas, _ other: Atlas, tables: [String]) throws {
        func rows(_ atlas: Atlas, _ table: String) throws -> [[DatabaseValue]] {
            try atlas.read("reading") { db in
                let keys = try Int.fetchOne(db, sql: "SELECT max(1, sum(pk > 0)) FROM pragma_table_info('\(table)')")!
                let order = (1...keys).map(String.init).joined(separator: ", ")
                return try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(order)").map {
                    Array($0.databaseValues)
                }
            }
        }
        for table in tables {
            let (left, right) = (try rows(one, table), try rows(other, table))
            #expect(left.count == right.count, "\(table)")
            for (first, second) in zip(left, right) where first != second {
                for (value, expected) in zip(first, second) where value != expected {
                    guard let found = Double.fromDatabaseValue(value),
                        let wanted = Double.fromDatabaseValue(expected),
                        abs(found - wanted) <= 1e-12 * max(1, abs(wanted))
                    else {
                        Issue.record("\(table): \(first) and \(second)")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 3, 16]) func `an assembled atlas holds what a merge holds, packed columns included`(
        count: Int
    ) throws {
        let corpus = try Corpus(facts, shards: count)
        let (assembled, merged) = (try corpus.reader(corpus.assembled), try corpus.reader(corpus.merged))
        try requireSame(
            assembled.atlas, merged.atlas,
            tables: [
                "prompts", "graphs", "node_effects", "measured_effects", "edge_heads", "logit_targets", "tags",
                "memberships", "corpora", "runs", "token_effects", "baselines", "custom_targets", "vocabulary",
                "prompt_overview", "supernodes",
            ]
                + TableDigests.derived.filter {
                    !["derivation", "feature_postings", "posting_runs"].contains($0)
                })
        #expect(try assembled.information().shardCount == count && merged.information().shardCount == nil)
        #expect(try assembled.information().bytesPerEdge == merged.information().bytesPerEdge)
        #expect(try assembled.information().bytesPerActivation == merged.information().bytesPerActivation)
        #expect(try assembled.information().headBytesPerEdge == merged.information().headBytesPerEdge)
        for feature in try merged.firedFeatures() {
            #expect(try assembled.firings(of: feature) == merged.firings(of: feature))
        }
        for prompt in 1...facts.count {
            #expect(try assembled.graphReport(ofPrompt: prompt) == merged.graphReport(ofPrompt: prompt))
        }
        let report = try assembled.verify(derivingAnew: true)
        #expect(report.problems == [] && report.comparedRows! > 1000)
        #expect(report.largestRounding! <= AtlasDerivation.roundingTolerance)
        #expect(try report.blockCount >= merged.verify().blockCount)
    }

    @Test func `blocks of single prompts stay in the shards`() throws {
        let corpus = try Corpus(facts, shards: 3)
        let database = try DatabaseQueue(path: corpus.assembled)
        for column in ShardColumn.all {
            let bytes = try database.read { db in
                try Int.fetchOne(db, sql: "SELECT sum(length(\(column.name))) FROM \(column.table)")
            }
            #expect(bytes == 0, "\(column.table).\(column.name)")
        }
        let paths = try database.read { db in try String.fetchAll(db, sql: "SELECT path FROM shards ORDER BY ordinal") }
        #expect(paths == ["shards/0.atlas", "shards/1.atlas", "shards/2.atlas"])
    }

    @Test func `a question about one thing asks for no other's block`() throws {
        let corpus = try Corpus(Array(facts[..<12]), shards: 3)
        let assembled = try corpus.reader(corpus.assembled)
        for sql in [
            StoredGraphReading.graphOfPrompt, NodeEffectRows.ofGraph, EdgeHeadRows.ofGraph,
            AtlasReader.postingsOfFeature, AtlasReader.promptBlocks, AtlasReader.activationsOfPrompt,
            AtlasReader.nodesOfPrompt, AtlasReader.storedEdgesOfPrompt,
        ] {
            let plan = try assembled.atlas.read("explaining") { db in
                let marks = [Int](repeating: 1, count: sql.count { $0 == "?" })
                return try Row.fetchAll(
                    db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(marks)
                ).map { $0["detail"] as String }
            }
            #expect(plan.contains { $0.hasPrefix("SEARCH main.") }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.hasPrefix("MATERIALIZE") }, "\(plan)")
        }
    }

    @Test func `a folder that moves with its shards answers, also where nobody can write it`() throws {
        let corpus = try Corpus(facts, shards: 3)
        let expected = try corpus.reader(corpus.merged).graphReport(ofPrompt: 40)
        let moved = corpus.folder + "-moved"
        try FileManager.default.copyItem(atPath: corpus.folder, toPath: moved)
        let folders = [moved, moved + "/shards"]
        defer {
            for folder in folders { chmod(folder, 0o755) }
            try? FileManager.default.removeItem(atPath: moved)
        }
        #expect(try corpus.reader(moved + "/assembled.atlas").graphReport(ofPrompt: 40) == expected)
        for folder in folders { chmod(folder, 0o555) }
        #expect(try corpus.reader(moved + "/assembled.atlas").graphReport(ofPrompt: 40) == expected)
        let immutable = try Atlas.openImmutable(moved + "/assembled.atlas")
        #expect(try AtlasReader(immutable).graphReport(ofPrompt: 40) == expected)
    }

    @Test func `without a shard what needs no block of it answers, and the rest names it in one line`() throws {
        let corpus = try Corpus(facts, shards: 3)
        try FileManager.default.removeItem(atPath: corpus.shards[1])
        let (assembled, merged) = (try corpus.reader(corpus.assembled), try corpus.reader(corpus.merged))
        let token = try merged.logitList().items[0].token
        #expect(try assembled.information().promptCount == 48)
        #expect(try assembled.drivers(of: token).features.count == merged.drivers(of: token).features.count)
        #expect(try assembled.graphReport(ofPrompt: 1) == merged.graphReport(ofPrompt: 1))
        let sentence =
            "\(corpus.shards[1]): expected the shard that the atlas was assembled from, found no file; put that back, or "
            + "assemble again"
        let error = #expect(throws: AtlasError.self) { try assembled.graphReport(ofPrompt: 20) }
        #expect("\(try #require(error))" == sentence)
        #expect(throws: AtlasError.self) { try assembled.firings(of: merged.firedFeatures()[0]) }
        #expect(throws: AtlasError.self) { try assembled.sql("SELECT sum(length(edges)) FROM graphs") }
        #expect(try assembled.verify().problems == [sentence])
    }

    @Test func `a shard that changed since, or another in its place, is named`() throws {
        let corpus = try Corpus(facts, shards: 3)
        let expected = try corpus.reader(corpus.merged).graphReport(ofPrompt: 20)
        let assembled = try corpus.reader(corpus.assembled)
        #expect(try assembled.graphReport(ofPrompt: 20) == expected)
        // Also where the shard is open already.
        let shard = try Atlas.open(corpus.shards[1], mode: .readWrite)
        let writer = AtlasWriter(shard)
        try writer.commit(RandomFacts.prompts(3, seed: 9), run: try writer.beginRun(corpus: "more"))
        try AtlasDerivation(shard).update()
        try shard.close()
        let changed = "found one that has changed; put that back, or assemble again"
        for reader in [assembled, try corpus.reader(corpus.assembled)] {
            let error = #expect(throws: AtlasError.self) { try reader.graphReport(ofPrompt: 20) }
            #expect("\(try #require(error))".hasSuffix(changed))
            #expect(try reader.graphReport(ofPrompt: 1).tokens.count > 0)
            let problems = try reader.verify().problems
            #expect(problems.count == 1 && problems[0].hasPrefix(corpus.shards[1]) && problems[0].hasSuffix(changed))
        }
        for other in [corpus.shards[0], corpus.merged] {
            try FileManager.default.removeItem(atPath: corpus.shards[1])
            try FileManager.default.copyItem(atPath: other, toPath: corpus.shards[1])
            let error = #expect(throws: AtlasError.self) {
                try corpus.reader(corpus.assembled).graphReport(ofPrompt: 20)
            }
            #expect("\(try #require(error))".hasSuffix(changed))
        }
        try Data("no atlas".utf8).write(to: URL(fileURLWithPath: corpus.shards[1]))
        let error = #expect(throws: AtlasError.self) {
            try corpus.reader(corpus.assembled).graphReport(ofPrompt: 20)
        }
        #expect("\(try #require(error))".hasPrefix(corpus.shards[1] + ": expected the shard"))
    }

    @Test func `flipped numbers in a shard are found by verifying, prompt by prompt`() throws {
        let corpus = try Corpus(facts, shards: 3)
        let shard = try DatabaseQueue(path: corpus.shards[2])
        try shard.write { db in try db.execute(sql: "UPDATE graphs SET replacement_score = 0.123 WHERE id IN (2, 5)") }
        try shard.close()
        let problems = try corpus.reader(corpus.assembled).verify().problems
        #expect(problems == [2, 5].map { "\(corpus.shards[2]): prompt \($0): its graph: not what was stored" })
    }

    @Test func `one changed value is found in every column of what is recorded of shards`() throws {
        let corpus = try Corpus(facts, shards: 3)
        let columns = try DatabaseQueue(path: corpus.assembled).read { db in
            try Row.fetchAll(db, sql: "SELECT name, type FROM pragma_table_info('shards')")
        }
        #expect(columns.count == 13)
        for column in columns {
            let (name, type): (String, String) = (column["name"], column["type"])
            let copy = corpus.folder + "/\(name).atlas"
            try FileManager.default.copyItem(atPath: corpus.assembled, toPath: copy)
            let database = try DatabaseQueue(path: copy)
            try database.write { db in
                try db.execute(
                    sql: """
                        UPDATE shards SET \(name) = \(name) \(type == "TEXT" ? "|| 'x'" : "+ 1000003") WHERE ordinal = 2
                        """)
            }
            try database.close()
            let problems = try corpus.reader(copy).verify().problems
            #expect(problems.contains { $0.hasPrefix("shards: ") }, "\(name): \(problems)")
        }
    }

    @Test func `shards that cannot come together are refused in one line, and nothing is left`() throws {
        let corpus = try Corpus(Array(facts[..<30]), shards: 2)
        func shard(_ name: String, _ facts: [PromptFacts]) throws -> String {
            let path = corpus.folder + "/\(name).atlas"
            try Corpus.write(facts, to: path, 5)
            return path
        }
        let twice = try shard("twice", Array(facts[29..<33]))
        let damaged = try shard("damaged", Array(facts[33..<36]))
        let summed = try shard("summed", Array(facts[36..<39]))
        for (path, sql) in [
            (damaged, "UPDATE graphs SET replacement_score = 0.123 WHERE id = 2"),
            (summed, "UPDATE aggregated_edges SET occurrences = occurrences + 1"),
        ] {
            let database = try DatabaseQueue(path: path)
            try database.write { db in try db.execute(sql: sql) }
            try database.close()
        }
        let bare = corpus.folder + "/bare.atlas"
        let atlas = try Atlas.open(bare, mode: .create(RandomFacts.identity))
        try AtlasWriter(atlas).commit([facts[40]], run: try AtlasWriter(atlas).beginRun(corpus: "bare"))
        try atlas.close()
        var coarse = facts[41]
        coarse.graph = coarse.graph.map { graph in
            SparseGraph(
                tokens: graph.tokens, targets: graph.targets, nodes: graph.nodes,
                targetInfluence: graph.targetInfluence, edges: graph.edges, scores: graph.scores,
                activeFeatureCount: graph.activeFeatureCount, selectedFeatureCount: graph.selectedFeatureCount,
                largestViolation: graph.largestViolation, nodeThreshold: 0.5, edgeThreshold: 0.6)
        }
        var identity = RandomFacts.identity
        identity.modelFingerprint = "model-2"
        let other = try TemporaryAtlas([[facts[42]]], identity: identity)
        let thresholds = try shard("thresholds", [coarse])
        // Who reads a file may make a log beside it.
        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: corpus.folder).filter {
                !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
            }.sorted()
        }
        let before = try files()
        for (bad, sentence) in [
            (twice, "has too"), (damaged, "not what was stored there"), (summed, "table aggregated_edges"),
            (bare, "atlas derive \(bare) does that"), (thresholds, "stored with other thresholds"),
            (other.path, "model fingerprint"), (corpus.shards[0], "the same file"),
            (corpus.assembled, "one assembled from shards"), (corpus.folder + "/none.atlas", "found no file"),
        ] {
            let error = #expect(throws: AtlasError.self, "\(bad)") {
                try AtlasAssembly(shards: corpus.shards + [bad], whole: corpus.folder + "/new.atlas").run()
            }
            let text = "\(try #require(error))"
            #expect(text.contains(bad) && text.contains(sentence) && !text.contains("\n"), "\(text)")
            #expect(try files() == before)
        }
        #expect(throws: AtlasError.self) {
            try AtlasAssembly(shards: corpus.shards, whole: corpus.assembled)
        }
        var mixed = try AtlasAssembly(shards: corpus.shards + [thresholds], whole: corpus.folder + "/mixed.atlas")
        mixed.mixesThresholds = true
        #expect(try mixed.run().count == 3)
    }

    @Test func `facts are refused in one line, names are kept`() throws {
        let corpus = try Corpus(facts, shards: 3)
        let atlas = try Atlas.open(corpus.assembled, mode: .create(RandomFacts.identity))
        let writer = AtlasWriter(atlas)
        func refused(_ body: () throws -> Void) throws {
            let error = #expect(throws: AtlasError.self) { try body() }
            #expect("\(try #require(error))".contains("found one assembled from shards; use its shards"))
        }
        try refused { _ = try writer.beginRun(corpus: "more") }
        try refused { _ = try writer.commit([facts[0]], run: 1) }
        try refused { try writer.writeEffects([(1, facts[0].graph!)]) }
        try refused {
            try writer.writeBaselines([StoredBaseline(key: .everything, averaged: 7, means: [[1], [2], [3]])])
        }
        try refused { try AtlasDerivation(atlas).rebuild() }
        try refused { try AtlasDerivation(atlas).update() }
        try refused { _ = try AtlasMerge(into: atlas).merge(Atlas.open(corpus.merged, mode: .readOnly)) }
        try refused { try AtlasJoin(parts: [corpus.merged], whole: corpus.assembled).run() }
        try refused { try AtlasJoin(parts: [corpus.assembled], whole: corpus.folder + "/whole.atlas").run() }
        #expect(!FileManager.default.fileExists(atPath: corpus.folder + "/whole.atlas"))
        try writer.setLabel("kept", note: "", of: FeatureID(layer: 2, index: 3))
        try writer.setSupernode("Texas", note: "", members: [FeatureID(layer: 2, index: 3)])
        #expect(try AtlasReader(atlas).feature(FeatureID(layer: 2, index: 3)).label == "kept")
        #expect(try AtlasReader(atlas).verify(derivingAnew: true).problems == [])
    }

    @Test func `many threads read at once, also more shards than are kept open`() async throws {
        let corpus = try Corpus(facts, shards: 24)
        let (assembled, merged) = (try corpus.reader(corpus.assembled), try corpus.reader(corpus.merged))
        let expected = try (1...48).map { try merged.graphReport(ofPrompt: $0) }
        let few = ShardSet(try #require(assembled.atlas.shards).shards, capacity: 3)
        let edges = try #require(ShardColumn.all.first { $0.name == "edges" })
        let blocks = try merged.atlas.read("reading") { db in
            try Data.fetchAll(db, sql: "SELECT edges FROM graphs ORDER BY id")
        }
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    for step in 0..<96 {
                        let prompt = (step * (2 * thread + 1) + thread) % 48
                        let found = try? assembled.graphReport(ofPrompt: prompt + 1)
                        #expect(found == expected[prompt])
                        let block = try? few.block(edges, id: prompt + 1)
                        #expect(block == blocks[prompt])
                    }
                }
            }
        }
    }

    @Test func `an empty shard and an empty corpus are assembled`() throws {
        let corpus = try Corpus(Array(facts[..<2]), shards: 3)
        #expect(try corpus.reader(corpus.assembled).verify(derivingAnew: true).problems == [])
        let empty = try Corpus([], shards: 2)
        #expect(try empty.reader(empty.assembled).verify(derivingAnew: true).problems == [])
        #expect(try empty.reader(empty.assembled).information().promptCount == 0)
    }
}
