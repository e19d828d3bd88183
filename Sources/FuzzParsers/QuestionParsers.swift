import AtlasBasis
import AtlasIndexing
import AtlasInterface
import AtlasQuery
import AtlasStore
import Attribution
import Foundation

/// Questions over the interface, and SQL, asked of a small atlas of the demo.
enum QuestionParsers {
    static func all(package: String, scratch: String) throws -> [FuzzedParser] {
        let atlas = try Atlas.open(try smallAtlas(package: package, scratch: scratch), mode: .readWrite)
        let reader = AtlasReader(atlas)
        let service = AtlasService(reader, writer: AtlasWriter(atlas))
        return [requests(service), statements(reader)]
    }

    /// The atlas, made by the first of the processes that need it.
    private static func smallAtlas(package: String, scratch: String) throws -> String {
        let path = scratch + "/small.atlas"
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        let demo = package + "/Sources/DemoData/Demo"
        let lines = try String(contentsOfFile: demo + "/corpus.jsonl", encoding: .utf8).split(separator: "\n")
        let chosen = lines.enumerated().filter { $0.offset % 150 == 0 || $0.element.contains("\"state\": \"Texas\"") }
        let corpus = scratch + "/small.jsonl"
        try chosen.map { $0.element + "\n" }.joined().write(toFile: corpus, atomically: true, encoding: .utf8)
        let attributor = try Attributor(modelFolder: demo + "/model", transcoderFolder: demo + "/transcoders")
        _ = try Indexer(attributor: attributor, atlasPath: path).index(.file(path: corpus), corpusName: "small")
        return path
    }

    private static func requests(_ service: AtlasService) -> FuzzedParser {
        FuzzedParser("requests", texts: requestSeeds, isTyped: { $0 is Problem }) { text in
            let lines = text.splitExactly(at: "\n", maximumCount: 2)
            let words = lines[0].splitExactly(at: " ", maximumCount: 2)
            guard let method = Route.Method(rawValue: words[0]), words.count == 2 else { return }
            do {
                _ = try service.answer(method, words[1], body: Data((lines.count > 1 ? lines[1] : "").utf8))
            } catch let error as Problem {
                precondition(error.status < 500, "\(error)")
                throw error
            }
        }
    }

    private static func statements(_ reader: AtlasReader) -> FuzzedParser {
        FuzzedParser("sql", texts: sqlSeeds, isTyped: { $0 is QuestionError || $0 is AtlasError }) { text in
            let answer = try reader.sql(text, limit: 20)
            precondition(answer.rows.count <= 20)
        }
    }

    private static let requestSeeds = [
        "GET atlas", "GET prompts?limit=3&where=family=two-step", "GET features/2/157?limit=5", "GET labels?after=1",
        "GET features/2/157/upstream?by=edges&limit=3", "GET search?query=Dallas", "GET supernodes/Texas",
        "GET prompts/1/graph?nodes=0.5&edges=0.9", "GET logits?search=Aus&limit=2", "DELETE supernodes/Texas",
        "GET diff?a=family%3Dtwo-step&b=family%3Dcity-state&limit=2", "GET invariant?where=family=two-step",
        "PUT features/2/157/label\n{\"label\": \"Texas\", \"note\": \"cities\"}",
        "PUT supernodes/Texas%20one\n{\"features\": [\"2/157\", {\"layer\": 0, \"index\": 3}], \"note\": \"x\"}",
        "POST runs\n{\"text\": \"calc: 1+2=\"}", "GET openapi.json", "GET prompts/1?limit=2",
        "GET families?threshold=0.5",
        "DELETE features/2/157/label", "POST validations\n{\"tokens\": [1274], \"ablation\": 0.5, \"seed\": 3}",
    ]

    private static let sqlSeeds = [
        "SELECT * FROM prompt_overview LIMIT 5", "SELECT count(*), avg(token_count) FROM prompts WHERE id < 9",
        "WITH x AS (SELECT 1 AS a UNION SELECT 2) SELECT a, a / 0, x'00ff', 'é' FROM x ORDER BY a DESC",
        "SELECT name, value FROM tags WHERE name = 'state' GROUP BY value HAVING count(*) > 1", "PRAGMA user_version",
        "DELETE FROM prompts", "SELECT 9223372036854775807 + 1, -9223372036854775808, 1e999, substr('abc', -1)",
    ]
}
