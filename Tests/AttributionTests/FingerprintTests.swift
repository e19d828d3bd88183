import Foundation
import LanguageModels
import Safetensors
import Testing

/// A model's fingerprint follows what it computes, not how its folder is written.
@Suite struct `model fingerprints` {
    private static let name = "llama-clt_relu/model"

    private func fingerprint(_ folder: String) throws -> String { try LanguageModel(folder: folder).fingerprint }

    /// Reads a JSON file of a folder, lets it be changed and writes it with its names sorted and spaced.
    private func rewrite(
        _ file: String, in model: CopiedModel, _ change: (inout [String: Any]) throws -> Void = { _ in }
    ) throws {
        let url = URL(fileURLWithPath: model.path + "/" + file)
        var object = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        try change(&object)
        try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys]).write(to: url)
    }

    /// Writes all weights anew as Float32 in one file, in another order.
    private func widen(_ model: CopiedModel, _ change: (String, inout [Float]) -> Void = { _, _ in }) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: model.path).filter {
            $0.hasPrefix("model") && $0.hasSuffix(".safetensors")
        }
        var writer = SafetensorsWriter()
        for name in names.sorted().reversed() {
            let file = try SafetensorsFile(path: model.path + "/" + name)
            for (name, tensor) in file.tensors.sorted(by: { $1.key < $0.key }) {
                let count = tensor.shape.reduce(1, *)
                var values = try file.matrix(name, shape: tensor.shape).reshaped(rowCount: 1, columnCount: count).row(0)
                change(name, &values)
                writer.add(name, shape: tensor.shape, floats: values)
            }
        }
        for name in names { try FileManager.default.removeItem(atPath: model.path + "/" + name) }
        try? FileManager.default.removeItem(atPath: model.path + "/model.safetensors.index.json")
        try writer.write(to: model.path + "/model.safetensors")
    }

    @Test func `a folder saved anew by another version is the same model`() throws {
        let model = try CopiedModel(Self.name)
        let before = try fingerprint(model.path)
        try rewrite("config.json", in: model) {
            $0["transformers_version"] = "5.1.0"
            $0["dtype"] = $0.removeValue(forKey: "torch_dtype") ?? "float32"
            $0["_name_or_path"] = "elsewhere"
        }
        try rewrite("tokenizer.json", in: model) {
            var part = $0["model"] as? [String: Any] ?? [:]
            let merges = part["merges"] as? [Any] ?? []
            part["merges"] = merges.map { ($0 as? [String])?.joined(separator: " ") ?? $0 }
            part["ignore_merges"] = false
            part["unk_token"] = part["unk_token"] ?? NSNull()
            $0["model"] = part
            $0["version"] = "1.1"
            $0["truncation"] = NSNull()
        }
        try widen(model)
        let after = try LanguageModel(folder: model.path)
        #expect(after.fingerprint == before)
        let original = try CopiedModel(Self.name)
        let former = try LanguageModel(folder: original.path).formerFingerprints
        #expect(after.formerFingerprints[0] == former[0])
        #expect(after.formerFingerprints[1] != former[1])
    }

    @Test(arguments: [
        "llama-biased-linear-rotary-bf16", "llama-sharded", "gpt2-unscaled-sharded-f16", "phi3", "olmo2-biased-tied",
    ])
    func `shards and number formats make no other model`(name: String) throws {
        let model = try CopiedModel("variants/" + name)
        let before = try fingerprint(model.path)
        try widen(model)
        #expect(try fingerprint(model.path) == before)
    }

    @Test(arguments: [
        ("\"rope_theta\": 10000.0", "\"rope_theta\": 10001.0"), ("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-06"),
    ])
    func `a setting that is computed with makes another model`(text: String, replacement: String) throws {
        let model = try CopiedModel(Self.name)
        let before = try fingerprint(model.path)
        try model.edit(text, to: replacement)
        #expect(try fingerprint(model.path) != before)
    }

    @Test func `trained weights make another model`() throws {
        let original = try CopiedModel(Self.name)
        let before = try fingerprint(original.path)
        let file = try SafetensorsFile(path: original.path + "/model.safetensors")
        for changed in file.tensors.keys.sorted() {
            let model = try CopiedModel(Self.name)
            try widen(model) { name, values in
                if name == changed { for index in values.indices { values[index] += 1e-3 } }
            }
            #expect(try fingerprint(model.path) != before, "\(changed)")
        }
    }

    @Test func `weights that differ where samples do not look make another model`() throws {
        let original = try LanguageModel(folder: CopiedModel(Self.name).path)
        let model = try CopiedModel(Self.name)
        try widen(model) { name, values in
            // Between the first and the middle sample of 1,024 numbers.
            if name == "model.embed_tokens.weight" { values[values.count / 4] += 1e-3 }
        }
        let changed = try LanguageModel(folder: model.path)
        #expect(changed.formerFingerprints[0] == original.formerFingerprints[0])
        #expect(changed.fingerprint != original.fingerprint)
    }

    @Test func `a tokenizer that gives other ids makes another model`() throws {
        let changes: [(inout [String: Any]) -> Void] = [
            {
                var part = $0["model"] as? [String: Any] ?? [:]
                part["merges"] = Array((part["merges"] as? [Any] ?? []).reversed())
                $0["model"] = part
            },
            {
                var part = $0["model"] as? [String: Any] ?? [:]
                var vocabulary = part["vocab"] as? [String: Int] ?? [:]
                (vocabulary["a"], vocabulary["b"]) = (vocabulary["b"], vocabulary["a"])
                part["vocab"] = vocabulary
                $0["model"] = part
            },
            {
                var tokens = $0["added_tokens"] as? [[String: Any]] ?? []
                tokens[0]["lstrip"] = true
                $0["added_tokens"] = tokens
            },
        ]
        for (number, change) in changes.enumerated() {
            let model = try CopiedModel(Self.name)
            try FileManager.default.removeItem(atPath: model.path + "/tokenizer_config.json")
            let unchanged = try fingerprint(model.path)
            try rewrite("tokenizer.json", in: model, change)
            #expect(try fingerprint(model.path) != unchanged, "change \(number)")
        }
    }
}
