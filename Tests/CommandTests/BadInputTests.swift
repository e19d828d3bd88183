import AtlasStore
import Foundation
import GRDB
import Testing

/// A copy of the demo's model and transcoders that a test may spoil.
private struct Spoilt {
    let folder: TemporaryFolder
    let demo: SmallDemo
    var model: String { folder.path + "/model" }
    var transcoders: String { folder.path + "/transcoders" }
    var atlas: String { folder.path + "/spoilt.atlas" }

    init() throws {
        folder = try TemporaryFolder()
        demo = try SmallDemo(in: folder, every: 600)
        try FileManager.default.copyItem(atPath: demo.data.model, toPath: model)
        try FileManager.default.copyItem(atPath: demo.data.transcoders, toPath: transcoders)
    }

    func index(_ corpus: String? = nil, more: [String] = []) throws -> Program.Outcome {
        try Program.run(
            [
                "index", corpus ?? demo.corpus, "--model", model, "--transcoders", transcoders, "--atlas", atlas,
                "--quiet",
            ] + more)
    }

    func replace(_ path: String, _ old: String, with new: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(old))
        try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    }
}

/// Expects one line on standard error with all of these parts, and this exit code.
private func expectRefusal(
    _ outcome: Program.Outcome, _ parts: [String], status: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(outcome.status == status, "\(outcome.error)", sourceLocation: sourceLocation)
    let lines = outcome.error.split(separator: "\n")
    if status == 1 { #expect(lines.count == 1, "\(outcome.error)", sourceLocation: sourceLocation) }
    for part in parts { #expect(outcome.error.contains(part), "\(outcome.error)", sourceLocation: sourceLocation) }
}

@Suite struct `bad input` {
    @Test func `a missing weight file is named`() throws {
        let spoilt = try Spoilt()
        try FileManager.default.removeItem(atPath: spoilt.model + "/model.safetensors")
        expectRefusal(try spoilt.index(), ["model.safetensors", "cannot be opened"])
        #expect(!FileManager.default.fileExists(atPath: spoilt.atlas))
    }

    @Test func `a truncated weight file is named with both sizes`() throws {
        let spoilt = try Spoilt()
        let path = spoilt.transcoders + "/W_dec_2.safetensors"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        expectRefusal(try spoilt.index(), ["W_dec_2.safetensors", "expected", "found", "truncated?"])
        #expect(!FileManager.default.fileExists(atPath: spoilt.atlas))
    }

    @Test func `a wrong shape is named with both shapes`() throws {
        let spoilt = try Spoilt()
        try spoilt.replace(
            spoilt.model + "/config.json", "\"intermediate_size\": 512", with: "\"intermediate_size\": 256")
        expectRefusal(
            try spoilt.index(),
            ["model.safetensors", "model.layers.0.mlp.gate_proj.weight", "expected shape [256, 128], found [512, 128]"])
    }

    @Test func `an unsupported architecture is refused with those that are supported`() throws {
        let spoilt = try Spoilt()
        try spoilt.replace(spoilt.model + "/config.json", "LlamaForCausalLM", with: "MambaForCausalLM")
        expectRefusal(
            try spoilt.index(), ["config.json: architectures", "LlamaForCausalLM", "found MambaForCausalLM"])
    }

    @Test func `a malformed line stops before anything is stored, or is skipped where asked`() throws {
        let spoilt = try Spoilt()
        let corpus = try spoilt.folder.file(
            "bad.jsonl", "{\"text\": \"calc: 1+2=\"}\n{\"text\": \"calc: 3\n{\"text\": \"calc: 4+5=\"}\n")
        expectRefusal(try spoilt.index(corpus), ["bad.jsonl line 2", "expected", "found"])
        #expect(!FileManager.default.fileExists(atPath: spoilt.atlas))
        let skipping = try spoilt.index(corpus, more: ["--skip-malformed", "--json"])
        #expect(skipping.status == 0)
        #expect(skipping.error.contains("skipped: ") && skipping.error.contains("bad.jsonl line 2"))
        #expect(skipping.output.contains("\"addedPrompts\" : 2") && skipping.output.contains("\"skippedRecords\" : 1"))
    }

    @Test func `a prompt longer than the model's context is refused with its place`() throws {
        let spoilt = try Spoilt()
        #expect(try spoilt.index().status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: spoilt.atlas))
        let corpus = try spoilt.folder.file(
            "long.txt", "short\n" + String(repeating: "the state ", count: 300) + "\n")
        expectRefusal(
            try spoilt.index(corpus), ["long.txt line 2", "expected at most 256 tokens (the model's context), found"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: spoilt.atlas)) == before)
    }

    @Test func `an atlas of another model or other transcoders is refused with both fingerprints`() throws {
        let spoilt = try Spoilt()
        #expect(try spoilt.index().status == 0)
        // A name is no number: the same transcoders.
        try spoilt.replace(spoilt.transcoders + "/config.yaml", "atlas-demo-clt", with: "another-name")
        #expect(try spoilt.index().status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: spoilt.atlas))
        let encoder = URL(fileURLWithPath: spoilt.transcoders + "/W_enc_0.safetensors")
        let trained = try Data(contentsOf: encoder)
        try retrain(spoilt.transcoders)
        expectRefusal(try spoilt.index(), ["spoilt.atlas", "transcoder", "expected", "found"])
        try trained.write(to: encoder)
        try spoilt.replace(spoilt.model + "/config.json", "\"rope_theta\": 10000.0", with: "\"rope_theta\": 20000.0")
        expectRefusal(try spoilt.index(), ["spoilt.atlas", "model", "expected", "found"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: spoilt.atlas)) == before)
    }

    @Test func `a file that is no atlas, or none at all, is refused by name`() throws {
        let folder = try TemporaryFolder()
        let text = try folder.file("notes.atlas", "These are my notes and no database at all.\n")
        expectRefusal(try Program.run(["info", text]), ["notes.atlas", "expected an atlas"])
        expectRefusal(try Program.run(["info", folder.path + "/none.atlas"]), ["none.atlas", "found no file"])
    }

    @Test func `an atlas of a newer program is refused with both versions`() throws {
        let spoilt = try Spoilt()
        #expect(try spoilt.index().status == 0)
        let atlas = try Atlas.open(spoilt.atlas, mode: .readWrite)
        try atlas.database.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999_from_the_future')")
        }
        try atlas.close()
        expectRefusal(try spoilt.index(), ["spoilt.atlas", "9999_from_the_future", "use a newer program"])
        expectRefusal(try Program.run(["info", spoilt.atlas]), ["9999_from_the_future"])
    }

    @Test func `a disk that takes no more ends the run with one line and leaves a sound atlas`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 10)
        let atlas = folder.path + "/full.atlas"
        // A limit on the size of files, in blocks of 512 bytes, stands for a full disk: writes beyond it fail.
        let full = try Program.run(demo.arguments(atlas: atlas), shell: "trap '' XFSZ; ulimit -f 3000;")
        expectRefusal(full, ["full.atlas", "failed", "make room and try again"])
        let verified = try Program.run(["verify", atlas])
        #expect(verified.status == 0, "\(verified.output) \(verified.error)")
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        #expect(try Program.run(["verify", atlas]).status == 0)
    }

    @Test func `a place that cannot be written is named in one line`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 600)
        let atlas = folder.path + "/small.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        let file = try folder.file("taken", "a file where a folder is asked for")
        for command in [["export", "graph", "--prompt", "two-step-0066"], ["export", "dashboards", "--quiet"]] {
            let outcome = try Program.run(command + ["--atlas", atlas, "--output", file])
            expectRefusal(outcome, [file, "expected a place that can be written"])
        }
        let attributed = try Program.run([
            "attribute", "calc: 1+2=", "--model", demo.data.model, "--transcoders", demo.data.transcoders, "--output",
            folder.path + "/none/graph.json",
        ])
        expectRefusal(attributed, ["none/graph.json", "expected a place that can be written"])
    }

    @Test(arguments: [
        ["index"], ["index", "corpus.txt"], ["index", "a.txt", "--template", "x"], ["frobnicate"],
        ["query", "drivers"], ["query", "feature", "seven", "--atlas", "x"],
        ["index", "a.txt", "--model", "m", "--transcoders", "t", "--atlas", "x", "--node-threshold", "1.5"],
        ["attribute", "--tokens", "1,two", "--model", "m", "--transcoders", "t"],
    ])
    func `wrong usage exits with 64 and says how`(arguments: [String]) throws {
        expectRefusal(try Program.run(arguments), ["Error:"], status: 64)
    }

    @Test func `questions about what is not there name the nearest that is`() throws {
        let spoilt = try Spoilt()
        #expect(try spoilt.index().status == 0)
        let at = ["--atlas", spoilt.atlas]
        expectRefusal(try Program.run(["query", "drivers", "--token", "Austin"] + at), ["\" Austin\""])
        expectRefusal(try Program.run(["query", "feature", "9/1"] + at), ["9/1", "layers are 0 to 5"])
        expectRefusal(try Program.run(["query", "prompt", "two-step-66"] + at), ["two-step-0066"])
        expectRefusal(
            try Program.run(["sql", spoilt.atlas, "DROP TABLE prompts"]), ["expected one SQL statement that reads"])
    }
}
