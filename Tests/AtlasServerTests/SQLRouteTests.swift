import AtlasQuery
import Circuits
import Foundation
import Testing

@testable import AtlasInterface

/// Questions in SQL from whoever asks, and circuits whose features are expanded.
@Suite(.serialized) struct SQLRouteTests {
    @Test(arguments: [
        "DELETE FROM prompts", "PRAGMA hard_heap_limit = 1", "EXPLAIN PRAGMA hard_heap_limit = 1",
        "SELECT 1; PRAGMA hard_heap_limit = 1", "ATTACH '/tmp/never.atlas' AS other", "VACUUM INTO '/tmp/never.atlas'",
        "SELECT load_extension('/tmp/never.so')", "", "SELECT", "SELECT zeroblob(2000000000)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "WITH RECURSIVE n(i, t) AS (SELECT 1, 'x' UNION ALL SELECT i + 1, t || t FROM n) SELECT length(t) FROM n",
    ])
    func `hostile SQL is refused or stopped in one line`(query: String) throws {
        let service = try DemoService.reading()
        let text = try #require(query.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let problem = #expect(throws: Problem.self, "\(query)") {
            try service.answer(.get, "sql?seconds=0.2&query=\(text)")
        }
        #expect(
            (query.isEmpty ? [400] : [422, 503]).contains(problem?.status) && problem?.detail.contains("\n") == false,
            "\(query)")
        #expect(problem?.detail.contains("--seconds") == false)
        #expect(try service.answer(.get, "sql?query=SELECT%201").status == 200)
    }

    @Test func `an answer to SQL has at most the rows asked for and says so`() throws {
        let service = try DemoService.reading()
        let answer = try JSONDecoder().decode(
            TableAnswer.self, from: service.answer(.get, "sql?limit=3&query=SELECT%20token%20FROM%20vocabulary").bytes)
        #expect(answer.rows.count == 3 && answer.truncatedBy == .rows)
    }

    @Test func `a circuit takes in the inputs of expanded features, and tells which were expanded`() throws {
        let service = try DemoService.reading()
        let usual = try service.reader.circuit(from: .group(PromptFilter("family=two-step")!), options: .init(size: 5))
        let expanded = try #require(usual.nodes.compactMap(\.node.feature).first { $0.layer > 1 })
        let whole = try JSONDecoder().decode(
            CircuitReport.self,
            from: service.answer(.get, "circuits?where=family%3Dtwo-step&size=5&expand=\(expanded)").bytes)
        #expect(whole.options.expanded == [expanded])
        #expect(whole.nodes.count > usual.nodes.count)
        #expect(Set(whole.nodes.map(\.node)).isSuperset(of: usual.nodes.map(\.node)))
    }
}
