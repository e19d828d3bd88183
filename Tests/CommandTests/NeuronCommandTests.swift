import DemoData
import Foundation
import GRDB
import Testing

/// The neuron basis through the program, on the demo's model.
@Suite struct `neurons as features` {
    private let folder: TemporaryFolder
    private let model: String
    private var atlas: String { folder.path + "/neurons.atlas" }

    init() throws {
        folder = try TemporaryFolder()
        model = try DemoData().model
    }

    private static let prompts =
        (10..<18).map {
            "{\"text\": \"calc: \($0)+25=\", \"answer\": \"\($0 + 25)\", \"tags\": {\"family\": \"sum\"}}"
        } + (1..<4).map { "{\"text\": \"calc: \($0)+2=\", \"tags\": {\"family\": \"few\"}}" }

    private func index(_ lines: [String] = prompts, more: [String] = []) throws -> Program.Outcome {
        let corpus = folder.path + "/corpus.jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: corpus))
        return try Program.run(
            ["index", corpus, "--model", model, "--neurons", "--atlas", atlas, "--max-neurons", "200"] + more)
    }

    private func rows(_ sql: String) throws -> [Row] {
        try DatabaseQueue(path: atlas).read { try Row.fetchAll($0, sql: sql) }
    }

    @Test func `a graph of neurons is attributed and agrees with interventions`() throws {
        for more in [[], ["--baseline-prompt", "calc: 11+11="], ["--max-neurons", "100000"]] {
            let outcome = try Program.run(
                ["attribute", "calc: 36+59=", "--model", model, "--neurons", "--max-neurons", "300", "--verify", "10"]
                    + more
                    .reduce(into: [String]()) { $0.append($1) }.filter { _ in true })
            #expect(outcome.status == 0, "\(outcome.error)\(outcome.output)")
        }
    }

    @Test func `a corpus is measured from the mean of its groups, and small groups from that of all tokens`() throws {
        let outcome = try index()
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(try rows("SELECT settings FROM neuron_basis").count == 1)
        let baselines = try rows(
            "SELECT group_name, token_count, averaged, means IS NULL AS few FROM baselines ORDER BY 1, 2")
        #expect(baselines.map { $0["group_name"] as String }.sorted() == ["", "few", "sum"])
        let own = try #require(baselines.first { $0["group_name"] == "sum" })
        #expect(own["averaged"] == 8 && own["few"] == false && (own["token_count"] as Int) > 3)
        #expect(try #require(baselines.first { $0["group_name"] == "few" })["few"] == true)
        // The mean over a group leaves identities whole: every graph's inputs sum to its activations.
        let worst = try rows("SELECT max(largest_violation) AS worst, count(*) AS graphs FROM graphs")[0]
        #expect(worst["graphs"] == 11 && (worst["worst"] as Double) < 1e-4)
        #expect(try Program.run(["verify", atlas]).status == 0)
    }

    @Test func `the same corpus again changes nothing, and more prompts are measured as the first ones were`() throws {
        #expect(try index(Array(Self.prompts.prefix(8))).status == 0)
        let before = try rows("SELECT * FROM baselines ORDER BY id")
        let graphs = try rows("SELECT * FROM graphs ORDER BY id")
        #expect(try index(Self.prompts).status == 0)
        let after = try rows("SELECT * FROM baselines ORDER BY id")
        #expect(Array(after.prefix(before.count)) == before && after.count == before.count + 1)
        #expect(try Array(rows("SELECT * FROM graphs ORDER BY id").prefix(graphs.count)) == graphs)
    }

    @Test func `questions that run the model measure from the atlas's baselines`() throws {
        #expect(try index().status == 0)
        let run = try Program.run([
            "query", "run", "calc: 12+25=", "--model", model, "--neurons", "--atlas", atlas, "--json",
        ])
        #expect(run.status == 0, "\(run.error)")
        let validation = try Program.run([
            "query", "validate", "--where", "family=sum", "--interventions", "6", "--model", model, "--neurons",
            "--atlas",
            atlas, "--json",
        ])
        #expect(validation.status == 0, "\(validation.error)")
    }

    @Test func `a neuron is told with both signs, and that only stored activations are counted`() throws {
        #expect(try index().status == 0)
        let row = try #require(
            try rows(
                """
                SELECT layer, feature_index, minimum FROM features WHERE maximum > 0 AND negative_tokens > 0
                ORDER BY minimum LIMIT 1
                """
            ).first)
        let name = "\(row["layer"] as Int)/\(row["feature_index"] as Int)"
        let text = try Program.run(["query", "feature", name, "--atlas", atlas])
        #expect(text.status == 0 && text.output.contains(", stored activations only"), "\(text.error)")
        #expect(text.output.contains("histogram over [minimum, 0)"))
        #expect(text.output.contains("most negative examples"))
        let json = try object(["query", "feature", name, "--atlas", atlas, "--json"])
        #expect(json["countsStoredOnly"] as? Bool == true)
        let negative = try #require(json["negative"] as? [String: Any])
        #expect(negative["minimum"] as? Double == row["minimum"])
        let examples = try #require(negative["topExamples"] as? [[String: Any]])
        #expect(examples.first?["activation"] as? Double == row["minimum"])
        let information = try object(["info", atlas, "--json"])
        #expect(information["basis"] as? String == "neurons")
        #expect((information["neuronSettings"] as? [String: Any])?["maximumNeurons"] as? Int == 200)
        let drivers = try Program.run([
            "query", "drivers", "--token", try #require(try rows("SELECT token_text FROM drivers LIMIT 1").first)[0],
            "--atlas", atlas,
        ])
        #expect(drivers.output.contains("from places where the feature's activation is negative"), "\(drivers.error)")
        #expect(try Program.run(["verify", atlas]).status == 0)
    }

    private func object(_ arguments: [String]) throws -> [String: Any] {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `a model is inspected with its neurons`() throws {
        let outcome = try Program.run(["inspect", model, "--neurons"])
        #expect(outcome.output.contains("neurons         3,072, 512 a layer"), "\(outcome.output)")
        #expect(outcome.output.contains("as features     neurons maximum=4096 coverage=1.0 baseline=zero"))
    }

    @Test func `an atlas of one basis refuses the other, and both at once are a usage error`() throws {
        let data = try DemoData()
        #expect(try index(Array(Self.prompts.prefix(2))).status == 0)
        let other = try Program.run([
            "index", folder.path + "/corpus.jsonl", "--model", model, "--transcoders", data.transcoders, "--atlas",
            atlas,
        ])
        #expect(other.status == 1 && other.error.contains("transcoder fingerprint"), "\(other.error)")
        let settings = try index(more: ["--neuron-coverage", "0.5"])
        #expect(settings.status == 1 && settings.error.contains("coverage=0.5"), "\(settings.error)")
        let both = try Program.run(["attribute", "x", "--model", model, "--transcoders", data.transcoders, "--neurons"])
        #expect(both.status == 64 && both.error.contains("found both"))
        let neither = try Program.run(["attribute", "x", "--model", model])
        #expect(neither.status == 64 && neither.error.contains("found neither"))
    }
}
