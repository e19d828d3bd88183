import AtlasExperiments
import AtlasQuery
import DemoData
import Foundation
import Testing

/// Attention heads through the program, on the demo's model.
@Suite struct `heads from the command line` {
    private let folder: TemporaryFolder
    private let data: DemoData

    init() throws {
        folder = try TemporaryFolder()
        data = try DemoData()
    }

    private var model: [String] { ["--model", data.model, "--transcoders", data.transcoders] }

    @Test func `a score is told by pairs, as text and as JSON, and what is not there in one line`() throws {
        let prompt = "Fact: the capital of the state containing Dallas is"
        let told = try Program.run(["attribute", prompt, "--qk", "1.0@5,2", "--against", "mean"] + model)
        #expect(told.status == 0 && told.output.contains("strongest pairs of"), "\(told.error)")
        #expect(told.output.contains("less the mean over the keys it reaches"))
        let json = try Program.run(["attribute", prompt, "--qk", "1.0@5,2", "--pairs", "3", "--json"] + model)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect((report["pairs"] as? [Any])?.count == 3)
        #expect(try #require(report["largestViolation"] as? Double) < 1e-5)
        for (place, expected) in [
            ("1.0@2,5", "expected a key at or before the query, 0 to 2, found 5"),
            ("1.99@5,2", "expected a head from 0 to"), ("77.0@5,2", "expected a layer from 0 to"),
            ("1.0@500,2", "expected a query position from 0 to"),
        ] {
            let refused = try Program.run(["attribute", prompt, "--qk", place] + model)
            #expect(refused.status != 0 && refused.error.contains(expected), "\(refused.error)")
            #expect(refused.error.split(separator: "\n").count == 1)
        }
        let odd = try Program.run(["attribute", prompt, "--qk", "1@5"] + model)
        #expect(odd.status == 64 && odd.error.contains("expected layer.head@query,key"))
    }

    @Test func `an atlas without heads says so, gets them from --heads, and answers`() throws {
        let (corpus, atlas) = (folder.path + "/corpus.jsonl", folder.path + "/test.atlas")
        try Data(#"{"text": "calc: 36+59=", "answer": "95", "id": "sum"}"#.utf8).write(to: URL(fileURLWithPath: corpus))
        #expect(try Program.run(["index", corpus, "--atlas", atlas] + model).status == 0)
        #expect(try Program.run(["info", atlas]).output.contains("not computed; atlas index --heads adds them"))
        let refused = try Program.run(["query", "heads", "--atlas", atlas])
        #expect(refused.status != 0 && refused.error.contains("not computed"))
        let completed = try Program.run(["index", corpus, "--heads", "--atlas", atlas] + model)
        #expect(completed.output.contains("1 graphs completed with heads"), "\(completed.error)")
        let heads = try Program.run(["query", "heads", "--atlas", atlas])
        #expect(heads.status == 0 && heads.output.contains("over 1 graphs"), "\(heads.error)")
        #expect(try Program.run(["query", "head", "1.0", "--atlas", atlas]).output.contains("strongest edges"))
        let explained = try Program.run(["query", "head", "1.0", "--pairs", "--atlas", atlas] + model)
        #expect(explained.output.contains("looks because of"), "\(explained.error)")
        let unexplained = try Program.run(["query", "head", "1.0", "--pairs", "--atlas", atlas])
        #expect(unexplained.status == 64 && unexplained.error.contains("--pairs needs --model and --transcoders"))
        let unknown = try Program.run(["query", "head", "99.0", "--atlas", atlas])
        #expect(unknown.status != 0 && unknown.error.contains("there is no head 99.0"))
        let attention = try Program.run(["query", "attention", "sum", "--qk", "1.0@3,1", "--atlas", atlas] + model)
        #expect(attention.status == 0 && attention.output.contains("strongest pairs"), "\(attention.error)")
        #expect(try Program.run(["verify", atlas]).status == 0)
    }

    @Test func `attribute tells through which heads edges go`() throws {
        let told = try Program.run(["attribute", "calc: 36+59=", "--heads"] + model)
        #expect(told.output.contains("heads that edges go through") && told.output.contains("strongest edges"))
        let json = try Program.run(["attribute", "calc: 36+59=", "--heads", "--json"] + model)
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let heads = try #require(summary["edgeHeads"] as? [String: Any])
        #expect(try #require(heads["edges"] as? [[String: Any]]).contains { ($0["heads"] as? [Any])?.isEmpty == false })
    }

    @Test func `features that scores name are why heads look, and answers survive one head without its reasons`() throws
    {
        let demo = try SmallDemo(in: folder, every: 15)
        let atlas = folder.path + "/test.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        func validate(_ heads: [String]) throws -> HeadValidationReport {
            let outcome = try Program.run(
                ["query", "validate-heads"] + heads + ["--where", "family=two-step", "--quiet", "--json"]
                    + ["--atlas", atlas] + model)
            return try JSONDecoder().decode(HeadValidationReport.self, from: Data(outcome.output.utf8))
        }
        let alone = try validate(["1.3"])
        #expect(alone.trials.count >= 3 && alone.wrongPrompts + alone.trials.count <= alone.promptCount)
        #expect(alone.looks.allSatisfy { $0.removed > 0 && $0.weightWithoutPairs < $0.weight })
        let (more, fell) = (alone.fellMoreThanAtRandom, alone.fellWithoutFeature)
        #expect(Double(more.count) >= 0.8 * Double(more.total) && Double(fell.count) >= 0.8 * Double(fell.total))
        #expect(alone.lostAnswers(\.withoutRandomPairs).count == 0)
        let text = try Program.run(
            ["query", "validate-heads", "1.3", "1.2", "--where", "family=two-step", "--atlas", atlas] + model)
        #expect(text.output.contains("as much from other heads") && text.output.contains("by the sign test"))
        for (head, expected) in [("9.0", "there is no head 9.0"), ("1", "The value '1' is invalid")] {
            let refused = try Program.run(["query", "validate-heads", head, "--atlas", atlas] + model)
            #expect(refused.status != 0 && refused.error.contains(expected), "\(refused.error)")
        }
        let nobody = try Program.run(
            ["query", "validate-heads", "1.0", "--where", "family=nothing", "--atlas", atlas] + model)
        #expect(nobody.status != 0 && nobody.error.split(separator: "\n").count == 1, "\(nobody.error)")
    }
}
