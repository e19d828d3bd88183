import DemoData
import Foundation
import Testing

/// Targets and generation from the command line, on the demo's model.
@Suite struct `targets and interventions from the command line` {
    private static let prompt = "Fact: the capital of the state containing Dallas is"

    private func run(_ command: String, _ more: [String], prompt: String = Self.prompt) throws -> Program.Outcome {
        let data = try DemoData()
        return try Program.run(
            [command, prompt, "--model", data.model, "--transcoders", data.transcoders] + more)
    }

    private struct Summary: Decodable {
        struct Logit: Decodable {
            let kind, text: String
            let position: Int
            let value: Double
        }
        let logits: [Logit]
        let largestViolation: Double
    }

    private struct Report: Decodable {
        struct Generated: Decodable { let before, after: String }
        let generated: Generated?
        let settings: [String]
    }

    private func decode<Value: Decodable>(_ outcome: Program.Outcome, as type: Value.Type) throws -> Value {
        #expect(outcome.status == 0, "\(outcome.error)")
        return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
    }

    @Test func `every kind of target is attributed at every position asked for`() throws {
        let data = try DemoData()
        let outcome = try run(
            "attribute",
            [
                "--target", " Austin", "--target-set", " Austin| Texas", "--target-mean", " Austin| Texas",
                "--target-difference", " Austin| Texas", "--target-direction",
                data.model + "/model.safetensors:model.norm.weight", "--target-feature", "5/283", "--at", "4", "--at",
                "11-", "--json",
            ])
        let summary = try decode(outcome, as: Summary.self)
        let kinds = ["token", "set", "set", "difference", "direction", "feature"]
        #expect(summary.logits.map(\.kind) == kinds + kinds + kinds)
        #expect(summary.logits.map(\.position) == [4, 11, 12].flatMap { [Int](repeating: $0, count: 6) })
        let values = summary.logits.prefix(6).map(\.value)
        #expect(abs(values[1] - 2 * values[2]) < 1e-4)
        #expect(abs(values[3] - (2 * values[0] - values[1])) < 1e-4)
        #expect(summary.largestViolation < 1e-4)
    }

    @Test(arguments: [
        (["--target", "Austn"], 64, "nearest: \" Aust\", \" Austin\""), (["--target", " Dallas"], 64, "which is "),
        (["--target", "#99999"], 64, "ids are 0 to"), (["--target-difference", " Austin"], 64, "expected two tokens"),
        (["--at", "99"], 1, "positions 0 to 12"), (["--target-feature", "2/99999"], 1, "indices 0 to"),
        (["--at", "5-3"], 64, "--at"), (["--target-direction", "file.txt"], 64, "--target-direction"),
        (["--target-direction", "nowhere.safetensors:a"], 1, "nowhere.safetensors"),
    ])
    func `a target that does not exist is refused by what there is instead`(
        more: [String], status: Int, reason: String
    ) throws {
        let outcome = try run("attribute", more)
        #expect(Int(outcome.status) == status, "\(outcome.error)")
        #expect(outcome.error.contains(reason), "\(outcome.error)")
    }

    @Test func `a supernode of a file, of the command line and feature by feature generate the same`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("groups.json", #"[["texas", "5_283_12", "1_37_12"]]"#)
        let ways = [
            ["--supernodes", file, "--supernode", "texas@12-=x-2"], ["--supernode", "texas=5/283,1/37@12-=x-2"],
            ["--set", "5/283@12-=x-2", "--set", "1/37@12-=x-2"],
        ]
        let reports = try ways.map {
            try decode(try run("intervene", $0 + ["--generate", "4", "--json"]), as: Report.self)
        }
        let first = try #require(reports[0].generated)
        #expect(first.before.hasPrefix(" Austin"))
        #expect(first.after != first.before)
        #expect(reports.allSatisfy { $0.generated?.after == first.after && $0.settings == reports[0].settings })
    }

    @Test(arguments: [
        ([], "--set or --supernode"), (["--supernode", "texas=x0"], "no stored supernode texas"),
        (["--set", "5/283@13-=0"], "expected positions 0 to 12"),
        (["--set", "5/283@12=0", "--seed", "3"], "--generate"),
        (["--set", "5/283=0"], "--set"), (["--supernode", "a=5/283=0"], "--supernode"),
    ])
    func `what cannot be set is refused`(more: [String], reason: String) throws {
        let outcome = try run("intervene", more)
        #expect(outcome.status == 64, "\(outcome.error)")
        #expect(outcome.error.contains(reason), "\(outcome.error)")
    }

    @Test func `an indexed corpus keeps what its graphs explain`() throws {
        let folder = try TemporaryFolder()
        let data = try DemoData()
        let corpus = try folder.file("corpus.txt", Self.prompt + "\n")
        let atlas = folder.path + "/targets.atlas"
        let indexed = try Program.run([
            "index", corpus, "--model", data.model, "--transcoders", data.transcoders, "--atlas", atlas, "--quiet",
            "--target-difference", " Austin| Texas", "--target", " Austin",
        ])
        #expect(indexed.status == 0, "\(indexed.error)")
        let asked = try Program.run(["query", "prompt", Self.prompt, "--atlas", atlas])
        #expect(asked.output.contains("\" Austin\" - \" Texas\""), "\(asked.output)\(asked.error)")
        #expect(try Program.run(["verify", atlas]).status == 0)
        let short = try Program.run([
            "index", corpus, "--model", data.model, "--transcoders", data.transcoders, "--atlas", atlas + "2",
            "--quiet",
            "--at", "50",
        ])
        #expect(short.status == 1)
        #expect(short.error.contains("target position: expected positions 0 to 12, found 50"), "\(short.error)")
    }
}
