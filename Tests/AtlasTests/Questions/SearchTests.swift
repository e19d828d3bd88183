import Circuits
import Foundation
import GRDB
import Tensors
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Search and SQL of the user's own.
struct SearchTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture(count: 12) }

    @Test func `a search finds prompts by their words and marks them`() throws {
        let found = try fixture.reader.search("prompt 7")
        let texts = try found.prompts.map { try fixture.reader.prompt($0.id).text }
        #expect(texts.contains(fixture.facts[7].text))
        #expect(texts.allSatisfy { $0.contains("7") })
        let parts = try #require(found.prompts.first).snippet
        #expect(parts.filter(\.isMatch).map(\.text).contains("prompt"))
        #expect(texts[0].hasPrefix(parts.map(\.text).joined().replacing("…", with: "")))
    }

    @Test func `a search finds labels by the beginning of a word`() throws {
        let found = try fixture.reader.search("dall")
        #expect(found.labels.map(\.feature) == [QueryFixture.labelled] && found.labels[0].labelIsAutomatic == false)
    }

    @Test func `a search finds notes and automatic labels`() throws {
        #expect(try fixture.reader.search("Texas").labels.map(\.feature) == [QueryFixture.labelled])
        #expect(try fixture.reader.search("w19 w3 on").labels.isEmpty)
        #expect(try fixture.reader.search("on w3").labels.contains { $0.labelIsAutomatic })
    }

    @Test func `a label that was changed or removed is not found by its old words`() throws {
        let writer = AtlasWriter(fixture.test.atlas)
        try writer.setLabel("Houston", of: QueryFixture.labelled)
        #expect(try fixture.reader.search("Dallas").labels.isEmpty)
        #expect(try fixture.reader.search("Houston").labels.count == 1)
        try writer.setLabel(nil, of: QueryFixture.labelled)
        #expect(try fixture.reader.search("Houston").labels.isEmpty)
        #expect(try fixture.reader.feature(QueryFixture.labelled).labelIsAutomatic)
    }

    @Test func `a search finds tokens by their beginning, those that are it first, with what they are in`() throws {
        let found = try fixture.reader.search("W1", kind: .tokens).tokens
        let vocabulary = fixture.test.atlas.identity.vocabulary
        let used = vocabulary.indices.filter { token in
            vocabulary[token].drop { $0 == " " }.hasPrefix("w1") && fixture.facts.contains { $0.tokens.contains(token) }
        }
        #expect(Set(found.filter { $0.promptCount > 0 }.map(\.token)) == Set(used))
        #expect(found.first?.text.drop { $0 == " " } == "w1")
        for match in found {
            #expect(match.promptCount == fixture.facts.count { $0.tokens.contains(match.token) })
        }
    }

    @Test func `a search finds the features that promote a token, the largest effects first`() throws {
        let found = try fixture.reader.search("w3", limit: 1000, kind: .promoters).promoters
        // Every feature of the fixture promotes token 3; the one with this index more.
        #expect(found.map(\.feature) == found.sorted { ($1.value, $0.feature) < ($0.value, $1.feature) }.map(\.feature))
        #expect(Set(found.map(\.feature)).count == found.count && found.count >= fixture.oracle.features.count)
        #expect(found.first?.token == 3 && found.first!.value > 1 && found.last!.text.hasPrefix("w3"))
        #expect(
            try fixture.reader.search("w19", kind: .promoters).promoters.allSatisfy { $0.token != 19 || $0.value > 0 })
    }

    @Test func `of the features that promote a token those of one graph are told`() throws {
        let prompt = try #require(fixture.facts.indices.first { fixture.facts[$0].graph != nil }) + 1
        let graph = try fixture.reader.graph(ofPrompt: prompt)
        let features = Set(
            graph.nodes.compactMap { node -> FeatureID? in
                if case .feature(let layer, _, let index) = node.id {
                    FeatureID(layer: layer, index: index)
                } else {
                    nil
                }
            })
        let found = try fixture.reader.search("w3", limit: 1000, kind: .promoters, prompt: prompt).promoters
        #expect(Set(found.map(\.feature)) == features)
        #expect(throws: QuestionError.self) { try fixture.reader.search("w3", prompt: 9_999) }
    }

    @Test func `a search finds prompts by the beginning of their name and by their number`() throws {
        let names = try (1...4).flatMap { try fixture.reader.prompt($0).externalIDs }
        let name = try #require(names.first)
        let found = try fixture.reader.search(name, kind: .names).names
        #expect(found.contains { $0.name == name })
        #expect(found.allSatisfy { $0.name.hasPrefix(name) })
        let listed = try fixture.reader.search("external-1", limit: 100, kind: .names).names.map(\.name)
        #expect(listed == [1, 10, 11].map { "external-\($0)" })
        let numbered = try fixture.reader.search("7", kind: .names).names
        #expect(numbered.first?.id == 7 && numbered.first?.name == "7")
        #expect(try fixture.reader.search("no prompt is called this", kind: .names).names.isEmpty)
    }

    @Test func `a kind alone leaves the others out`() throws {
        let whole = try fixture.reader.search("prompt 7")
        let alone = try fixture.reader.search("prompt 7", kind: .prompts)
        #expect(alone.prompts == whole.prompts && alone.labels.isEmpty && alone.tokens.isEmpty)
    }

    @Test func `signs of patterns are letters in a token's text`() throws {
        for text in ["%", "_", "w_", "\\", "w%"] {
            #expect(try fixture.reader.search(text, kind: .tokens).tokens.allSatisfy { $0.text.contains(text) })
        }
    }

    @Test func `words of the search language are words`() throws {
        for query in ["\"", "AND", "a OR b NOT", "text:x", "NEAR(a b)", "* ^ -", "", "'; DROP TABLE prompts"] {
            _ = try fixture.reader.search(query)
        }
        #expect(try fixture.reader.search("prompt OR").prompts.isEmpty)
    }

    @Test func `SQL answers columns and rows`() throws {
        let answer = try fixture.reader.sql("SELECT 1 AS a, 2.5 AS b, 'x' AS c, NULL AS d, x'00ff' AS e")
        #expect(answer.columns == ["a", "b", "c", "d", "e"])
        #expect(answer.rows == [[.integer(1), .real(2.5), .text("x"), .null, .blob(byteCount: 2)]])
    }

    @Test func `SQL answers at most as many rows as asked for and says so`() throws {
        let answer = try fixture.reader.sql("SELECT id FROM prompts ORDER BY id", limit: 5)
        #expect(answer.rows.count == 5 && answer.isTruncated)
        #expect(try !fixture.reader.sql("SELECT id FROM prompts", limit: 12).isTruncated)
    }

    private func fault(_ query: String, _ change: (inout SQLLimits) -> Void = { _ in }) -> QuestionError? {
        var limits = SQLLimits()
        change(&limits)
        return #expect(throws: QuestionError.self, "\(query)") { try fixture.reader.sql(query, limits: limits) }
    }

    @Test func `SQL that never ends is stopped`() {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        let fault = fault(endless) { $0.seconds = 0.05 }
        #expect("\(fault!)".contains("--seconds"))
    }

    @Test func `SQL may not make values or use memory without end`() {
        #expect("\(fault("SELECT hex(zeroblob(400000000))")!)".contains("64 MiB"))
        #expect("\(fault("SELECT zeroblob(2000000000)")!)".contains("64 MiB"))
        let much = fault(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 9) SELECT "
                + (0..<9).map { "randomblob(4000000 + \($0))" }.joined(separator: ", ")
        ) { $0.workingBytes = 8 << 20 }
        #expect("\(much!)".contains("--memory"))
    }

    @Test func `a SQL answer that grows too large is cut, and says so`() throws {
        var limits = SQLLimits()
        limits.answerBytes = 100_000
        let answer = try fixture.reader.sql("SELECT id, hex(zeroblob(10000)) FROM prompts", limits: limits)
        #expect(answer.isTruncated && answer.truncatedBy == .bytes && answer.rows.count == 4)
        #expect(try fixture.reader.sql("SELECT 1").truncatedBy == nil)
        #expect(try fixture.reader.sql("SELECT id FROM prompts", limit: 3).truncatedBy == .rows)
    }

    @Test func `a limit on SQL leaves the connection as it was`() throws {
        var limits = SQLLimits()
        limits.answerBytes = 10
        for _ in 0..<20 { _ = try fixture.reader.sql("SELECT 1", limits: limits) }
        #expect(try fixture.reader.sql("SELECT length(hex(zeroblob(1000)))").rows == [[.integer(2_000)]])
    }

    @Test func `a reading that is cancelled ends in the middle of its statement`() {
        let cancellation = Cancellation(limit: 0.05)
        #expect(throws: Cancelled.timeLimit(seconds: 0.05)) {
            try cancellation.run {
                try fixture.reader.ask("counting") { db in
                    _ = try Int.fetchOne(
                        db,
                        sql: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
                }
            }
        }
    }

    @Test func `SQL that writes, and what is no SQL, is refused`() throws {
        for query in [
            "DELETE FROM prompts", "UPDATE prompts SET text = ''", "DROP TABLE prompts",
            "SELECT 1; DELETE FROM prompts",
            "SELECT nonsense", "not SQL", "", "PRAGMA user_version = 3", "VACUUM INTO '/tmp/never-made.atlas'",
            "ATTACH '/tmp/never-made.atlas' AS other",
        ] {
            #expect(throws: QuestionError.self, "\(query)") { try fixture.reader.sql(query) }
        }
        #expect(try fixture.reader.information().promptCount == 12)
    }

    @Test func `SQL that acts while it is compiled is refused before`() throws {
        // Each would bound the memory of the whole process, or change the connection for those who ask next.
        for query in [
            "PRAGMA hard_heap_limit = 1", "EXPLAIN PRAGMA hard_heap_limit = 1", "SELECT 1; PRAGMA hard_heap_limit = 1",
            "explain query plan pragma busy_timeout = 0", "/* SELECT */ PRAGMA cache_size = 1",
            "-- SELECT\nPRAGMA mmap_size = 0", "\u{FEFF}PRAGMA mmap_size = 0", "SELECT ';'; PRAGMA mmap_size = 0",
            "; PRAGMA mmap_size = 0", "SELECT 1 /* ; */; /* */ -- \n PRAGMA mmap_size = 0",
        ] {
            #expect(throws: QuestionError.self, "\(query)") { try fixture.reader.sql(query) }
        }
        #expect(try fixture.reader.sql("SELECT hard_heap_limit FROM pragma_hard_heap_limit").rows == [[.integer(0)]])
    }

    @Test(arguments: [
        "SELECT 1;", "select ';'", "-- a comment\nSELECT 1 -- ; at its end", "/* ; */ VALUES (1);\n",
        "WITH a AS (SELECT 1) SELECT * FROM a", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1", "SELECT 'it''s; so'",
        "SELECT \"a;b\" FROM (SELECT 1 AS \"a;b\")", "SELECT [a;b] FROM (SELECT 1 AS [a;b])",
    ])
    func `SQL that asks one question is answered, whatever stands around it`(query: String) throws {
        #expect(try !fixture.reader.sql(query).rows.isEmpty)
    }

    @Test(arguments: [
        "SELECT load_extension('/tmp/never.so')", "SELECT writefile('/tmp/never', 'x')", "SELECT edit('x')",
    ])
    func `SQL reaches nothing outside of the atlas`(query: String) {
        #expect(throws: QuestionError.self) { try fixture.reader.sql(query) }
    }

    @Test func `the schema tells every view and table with its columns and what they hold`() throws {
        let schema = try fixture.reader.schema()
        let kinds = try fixture.reader.sql(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
        ).rows.compactMap { if case .text(let name) = $0[0] { name } else { nil } }
        let told = Set(schema.relations.map(\.name))
        // What stands beside a full-text table is SQLite's own, and the list of migrations the migrator's.
        let untold = Set(kinds).subtracting(told).filter { name in !told.contains { name.hasPrefix($0 + "_") } }
        #expect(untold == ["grdb_migrations"])
        let features = try #require(schema.relations.first { $0.name == "features" })
        #expect(features.isView && features.note == "One row a feature that ever fired.")
        #expect(features.columns.first { $0.name == "maximum" }?.note == "its largest activation")
        #expect(schema.relations.allSatisfy { !$0.columns.isEmpty })
    }

    @Test func `the views give the numbers of the library`() throws {
        let drivers = try fixture.reader.drivers(of: 3, limit: 1000).features
        let rows = try fixture.reader.sql(
            """
            SELECT layer, feature_index, influence, direct_effect, direct_spread, coverage, sign_consistency, label
            FROM drivers WHERE token_text = 'w3' AND kind = 'feature' ORDER BY influence DESC, node
            """
        ).rows
        #expect(
            rows
                == drivers.map {
                    [
                        .integer(Int64($0.node.feature!.layer)), .integer(Int64($0.node.feature!.index)),
                        .real($0.influence), .real($0.directEffect), .real($0.directSpread), .real($0.coverage),
                        .real($0.signConsistency), .text($0.label!),
                    ]
                })
        let report = try fixture.reader.feature(QueryFixture.labelled, neighbourLimit: 1000)
        let edges = try fixture.reader.sql(
            """
            SELECT source_kind, mean, spread, mean_share FROM edges
            WHERE target_kind = 'feature' AND target_layer = 1 AND target_index = 2
            ORDER BY mean_share * support DESC, source
            """
        ).rows
        #expect(
            edges
                == report.upstream.map { [.text($0.node.kind), .real($0.mean), .real($0.spread), .real($0.meanShare)] })
        let feature = try fixture.reader.sql(
            "SELECT active_tokens, density, maximum, mean FROM features WHERE layer = 1 AND feature_index = 2"
        ).rows[0]
        #expect(
            feature == [
                .integer(Int64(report.activeTokens)), .real(Double(report.activeTokens) / Double(report.countedTokens)),
                .real(report.maximum), .real(report.mean),
            ])
    }
}
