import Foundation
import GRDB
import Safetensors
import Testing

/// Files that people reported trouble with, run through the program; see Cases/README.md.
@Suite struct `reported files` {
    private func path(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Cases/\(name)").path
    }

    private func expected<Value: Decodable>(_ name: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let url = URL(fileURLWithPath: try path(name) + "/expected.json")
        return try decoder.decode(Value.self, from: Data(contentsOf: url))
    }

    /// What `generate --json` says of one prompt.
    private struct Generated: Decodable {
        struct Candidate: Decodable {
            let token: Int
            let probability: Double
        }
        let tokens: [Int]
        let nextTokens: [Candidate]
    }

    private func generate(_ name: String, _ prompts: [String]) throws -> [Generated] {
        let outcome = try Program.run(
            ["generate"] + prompts + ["--model", path(name) + "/model", "--count", "1", "--top", "8", "--json"])
        #expect(outcome.status == 0, "\(outcome.error)")
        return try JSONDecoder().decode([Generated].self, from: Data(outcome.output.utf8))
    }

    private func agree(_ found: Generated, _ tokens: [Int], _ probabilities: [(token: Int, probability: Double)])
        -> Bool
    {
        found.tokens == tokens
            && probabilities.allSatisfy { expected in
                let own = found.nextTokens.first { $0.token == expected.token }?.probability ?? 0
                return abs(own - expected.probability) < 2e-4
            }
    }

    private struct TopCase: Decodable {
        struct Prompt: Decodable {
            let prompt: String
            let tokens, top: [Int]
            let probs: [Double]
        }
        let expected: [Prompt]
    }

    @Test(arguments: ["gemma1", "mistral", "qwen2", "bos-only-in-special-tokens-map"])
    func `a published architecture gives the library's tokens and probabilities`(name: String) throws {
        let prompts = (try expected(name) as TopCase).expected
        for (found, right) in zip(try generate(name, prompts.map(\.prompt)), prompts) {
            #expect(agree(found, right.tokens, zip(right.top, right.probs).map { ($0, $1) }), "\(right.prompt)")
        }
    }

    private struct GenerateCase: Decodable {
        struct Prompt: Decodable {
            let prompt: String
            let tokens: [Int]
            let nextTokens: [Generated.Candidate]
        }
        let generate: [Prompt]
        let refusedPrompt: String?
    }

    @Test(arguments: ["gemma3-conditional-generation", "gemma3-transformers5-config", "gemma3-token-past-vocabulary"])
    func `Gemma 3 as it is published gives the library's tokens and probabilities`(name: String) throws {
        let right: GenerateCase = try expected(name)
        for (found, prompt) in zip(try generate(name, right.generate.map(\.prompt)), right.generate) {
            #expect(
                agree(found, prompt.tokens, prompt.nextTokens.map { ($0.token, $0.probability) }), "\(prompt.prompt)")
        }
        guard let refused = right.refusedPrompt else { return }
        let outcome = try Program.run(["generate", refused, "--model", path(name) + "/model"])
        #expect(outcome.status == 1 && outcome.error.contains("<image_soft_token>"), "\(outcome.error)")
    }

    private struct TokenCase: Decodable {
        struct Prompt: Decodable {
            let prompt: String
            let tokens: [Int]
        }
        let prompts: [Prompt]
    }

    @Test(arguments: ["added-tokens-outside-tokenizer-json", "no-bos-tokenizer"])
    func `a prompt's tokens are those of the field's tools`(name: String) throws {
        let prompts = (try expected(name) as TokenCase).prompts
        #expect(try generate(name, prompts.map(\.prompt)).map(\.tokens) == prompts.map(\.tokens))
    }

    private struct ActiveCase: Decodable {
        let prompt: String
        let active: [[Double]]
    }

    @Test(arguments: ["saelens-transcoders", "sparsify-skip-transcoders"])
    func `published transcoders have the reference's active features and activations`(name: String) throws {
        let right: ActiveCase = try expected(name)
        let folder = try TemporaryFolder()
        let raw = folder.path + "/raw.safetensors"
        let outcome = try Program.run([
            "attribute", right.prompt, "--model", path(name) + "/model", "--transcoders", path(name) + "/transcoders",
            "--output", raw,
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        let file = try SafetensorsFile(path: raw)
        let values = try file.vector("activation_values", count: right.active.count)
        let entry = try file.tensor("active_features")
        let places: [Int32] = file.bytes(of: entry).withMemoryRebound(to: Int32.self) { Array($0) }
        try #require(entry.type == "I32" && places.count == 3 * right.active.count)
        for (index, feature) in right.active.enumerated() {
            #expect((0..<3).allSatisfy { places[3 * index + $0] == Int32(feature[$0]) })
            #expect(abs(Double(values[index]) - feature[3]) < 2e-5)
        }
        let description = try Program.run(["inspect", path(name) + "/transcoders"])
        #expect(description.output.contains(name.hasPrefix("sae") ? "SAELens" : "EleutherAI sparsify"))
    }

    private func index(_ name: String, corpus: String, in folder: TemporaryFolder) throws -> (
        Program.Outcome, DatabaseQueue
    ) {
        let atlas = folder.path + "/case.atlas"
        let outcome = try Program.run([
            "index", path(name) + "/" + corpus, "--skip-malformed", "--model", path(name) + "/model", "--transcoders",
            path(name) + "/transcoders", "--atlas", atlas,
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        return (outcome, try DatabaseQueue(path: atlas))
    }

    @Test func `canonically equal texts of one corpus are all stored`() throws {
        struct Right: Decodable { let textsInHex: [String] }
        let folder = try TemporaryFolder()
        let (_, atlas) = try index("canonically-equal-texts", corpus: "corpus.txt", in: folder)
        let texts = try atlas.read { try String.fetchAll($0, sql: "SELECT lower(hex(text)) FROM prompts ORDER BY id") }
        #expect(try texts == (expected("canonically-equal-texts") as Right).textsInHex)
    }

    @Test func `integer ids beyond 64 bits keep their digits`() throws {
        struct Right: Decodable { let externalIds: [String] }
        let folder = try TemporaryFolder()
        let (_, atlas) = try index("integer-ids-beyond-64-bits", corpus: "corpus.jsonl", in: folder)
        let ids = try atlas.read {
            try String.fetchAll($0, sql: "SELECT external_id FROM memberships ORDER BY prompt_id")
        }
        #expect(try ids == (expected("integer-ids-beyond-64-bits") as Right).externalIds)
    }

    @Test func `one long prompt does not stop a corpus`() throws {
        struct Right: Decodable { let storedPrompts, reported: [String] }
        let name = "one-long-prompt-stops-the-corpus"
        let right: Right = try expected(name)
        let folder = try TemporaryFolder()
        let (outcome, atlas) = try index(name, corpus: "corpus.txt", in: folder)
        #expect(
            try atlas.read { try String.fetchAll($0, sql: "SELECT text FROM prompts ORDER BY id") }
                == right.storedPrompts)
        #expect(right.reported.allSatisfy(outcome.error.contains))
    }

    @Test func `an array that is not read is refused by name`() throws {
        let name = "clt-array-that-is-not-read"
        let attributed = try Program.run([
            "attribute", "a", "--model", path(name) + "/model", "--transcoders", path(name) + "/transcoders",
        ])
        for outcome in [attributed, try Program.run(["inspect", path(name) + "/transcoders"])] {
            #expect(outcome.status == 1 && outcome.error.contains("log_threshold_0"), "\(outcome.error)")
        }
    }

    @Test func `a Git LFS pointer is named as such`() throws {
        let outcome = try Program.run(["inspect", path("git-lfs-pointer/model.safetensors")])
        #expect(outcome.status == 1 && outcome.error.contains("LFS"))
    }

    @Test func `a NaN in a weight never becomes an answer`() throws {
        let name = "weights-with-nan"
        let folder = try TemporaryFolder()
        let corpus = try path(name) + "/corpus.txt"
        let set = ["--transcoders", try path(name) + "/transcoders"]
        for arguments in [
            ["generate", "a"], ["attribute", "a"] + set, ["evaluate", corpus] + set,
            ["index", corpus, "--atlas", folder.path + "/nan.atlas"] + set,
            ["intervene", "a", "--set", "0/1@1=0"] + set,
        ] {
            let outcome = try Program.run(arguments + ["--model", path(name) + "/model"])
            #expect(outcome.status == 1, "\(arguments)")
            #expect(outcome.output.isEmpty, "\(arguments)")
            #expect(
                outcome.complaints.count == 1 && outcome.error.contains("mlp.down_proj.weight: expected finite numbers")
            )
        }
    }
}
