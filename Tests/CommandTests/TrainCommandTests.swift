import DemoData
import Foundation
import Testing

/// `atlas train` as a user runs it, on the demo's language model and a few of its prompts.
struct TrainCommandTests {
    private let folder: TemporaryFolder
    private let corpus: String
    private let model: String

    init() throws {
        folder = try TemporaryFolder()
        model = try DemoData().model
        corpus = try folder.file("corpus.jsonl", try Self.lines(40))
    }

    private static func lines(_ count: Int) throws -> String {
        let corpus = try String(contentsOfFile: DemoData().corpus, encoding: .utf8)
        return corpus.split(separator: "\n").prefix(count).joined(separator: "\n") + "\n"
    }

    private func train(_ corpus: String, _ name: String = "set", _ more: [String] = []) throws -> Program.Outcome {
        try Program.run(
            [
                "train", corpus, "--model", model, "--output", folder.path + "/" + name, "--features", "16",
                "--active-features", "4", "--batch-tokens", "32", "--buffer-tokens", "64", "--steps", "6", "--quiet",
            ] + more)
    }

    @Test(arguments: ["clt", "plt", "plt-skip"])
    func `a trained set is indexed, and its curves are drawn`(architecture: String) throws {
        let trained = try train(corpus, "set", ["--architecture", architecture, "--evaluate", "--held-out", "0.2"])
        #expect(trained.status == 0, "\(trained.error)")
        #expect(trained.output.contains("16 features a layer, jumprelu") && trained.output.contains("held-out text"))
        let set = folder.path + "/set"
        let picture = try String(contentsOfFile: set + "/training.svg", encoding: .utf8)
        #expect(picture.hasPrefix("<svg") && picture.contains("share of dead features"))
        let indexed = try Program.run([
            "index", corpus, "--model", model, "--transcoders", set, "--atlas", folder.path + "/trained.atlas",
            "--quiet",
        ])
        #expect(indexed.status == 0, "\(indexed.error)")
    }

    @Test func `the report's settings reproduce the run`() throws {
        #expect(try train(corpus, "one", ["--seed", "5", "--activation", "batchtopk"]).status == 0)
        let again = try Program.run([
            "train", corpus, "--model", model, "--output", folder.path + "/two", "--quiet", "--settings",
            folder.path + "/one/training.json",
        ])
        #expect(again.status == 0, "\(again.error)")
        for name in ["W_enc_0.safetensors", "W_dec_5.safetensors"] {
            let (one, two) = (folder.path + "/one/" + name, folder.path + "/two/" + name)
            #expect(FileManager.default.contentsEqual(atPath: one, andPath: two), "\(name)")
        }
    }

    @Test func `a long text is cut into pieces`() throws {
        let text = try folder.file("long.txt", String(repeating: "The opposite of \"small\" is \"big\".\n", count: 60))
        let trained = try train(text, "long", ["--long-text", "--context", "16", "--json"])
        #expect(trained.status == 0, "\(trained.error)")
        #expect(trained.output.contains("\"textTokens\""))
    }

    @Test func `each refusal is one line that says what would do`() throws {
        #expect(try train(corpus, "mine").status == 0)
        let short = try folder.file("short.txt", "calc: 1+2=3\n")
        let other = try DemoData().transcoders
        let cases: [(Program.Outcome, String)] = [
            (try train(short, "short"), "expected at least 32 tokens, those of a step, found"),
            (
                try train(corpus, "x", ["--architecture", "sae"]),
                "--architecture: expected plt, plt-skip, clt, found sae"
            ),
            (try train(corpus, "x", ["--active-features", "17"]), "expected at most the 16 features of a layer"),
            (
                try train(corpus, "x", ["--activation", "topk", "--sparsity", "0.1"]),
                "sparsity: expected none beside topk"
            ),
            (try train(corpus, "mine", ["--seed", "2"]), "is of another run: settings: expected"),
            (
                try Program.run(["train", corpus, "--model", model, "--output", other]),
                "expected a new folder or one of this command's, found other transcoders"
            ),
            (try train(corpus, "x", ["--settings", corpus]), "expected the settings of a training run"),
            (
                try train(corpus, "x", ["--settings", try folder.file("odd.json", "{\"featurs\": 3}")]),
                "no setting is called \"featurs\""
            ),
            (
                try train(corpus, "x", ["--features", "16777216", "--active-features", "1"]),
                "memory: expected at most this machine's"
            ),
            (try train(folder.path + "/none.txt"), "none.txt"),
        ]
        for (outcome, expected) in cases {
            #expect([1, 64].contains(outcome.status), "\(expected)")
            #expect(outcome.error.contains(expected), "\(outcome.error)")
            #expect(outcome.complaints.count { $0.hasPrefix("Error:") } == 1, "\(outcome.error)")
        }
    }
}
