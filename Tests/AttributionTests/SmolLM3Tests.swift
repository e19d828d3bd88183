import Foundation
import LanguageModels
import Safetensors
import Tensors
import Testing

@testable import Attribution

@Suite struct `layers without positions` {
    private static let tokens = [0, 40, 315, 7, 99, 260, 101, 12]

    /// Logits of one random model's weights under a configuration.
    private func logits(_ change: [String: any Sendable], of model: RandomModel) throws -> Matrix {
        var model = model
        model.configuration.merge(change) { $1 }
        let folder = NSTemporaryDirectory() + "smollm3-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try model.write(to: folder, seed: 5)
        let loaded = try LanguageModel(folder: folder)
        return try loaded.logits(loaded.run(Self.tokens))
    }

    private func random() throws -> RandomModel {
        try #require(RandomModel.all.first { $0.testDescription.contains("no_rope_layer_interval") })
    }

    @Test func `a SmolLM3 whose layers all know positions is a Llama`() throws {
        let all = try logits(["no_rope_layers": [1, 1, 1], "rope_theta": 100.0], of: random())
        let llama = try logits(
            [
                "architectures": ["LlamaForCausalLM"], "rope_theta": 100.0, "no_rope_layer_interval": NSNull(),
                "rms_norm_eps": 1e-6,
            ], of: random())
        #expect(all.values == llama.values)
        let some = try logits(["no_rope_layers": [1, 0, 1], "rope_theta": 100.0], of: random())
        #expect(excess(some.values, all.values, absolute: 1e-3, relative: 1e-3) > 1)
    }

    @Test func `every fourth layer knows none unless config json lists them`() throws {
        let listed = try logits(["no_rope_layers": [1, 0, 1]], of: random())
        #expect(try logits(["no_rope_layer_interval": 2], of: random()).values == listed.values)
        let all = try logits(["no_rope_layers": [1, 1, 1]], of: random())
        #expect(try logits(["no_rope_layer_interval": NSNull()], of: random()).values == all.values)
    }

    @Test(arguments: ["[1, 0]", "[1, 0, 2]", "[1, 0, \"1\"]"])
    func `a list of another length or with other marks is refused by name`(list: String) throws {
        let marks = try JSONSerialization.jsonObject(with: Data(list.utf8))
        var model = try random()
        let folder = NSTemporaryDirectory() + "smollm3-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        model.configuration["no_rope_layers"] = nil
        try model.write(to: folder, seed: 5)
        let file = folder + "/config.json"
        var fields = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file))) as? [String: Any])
        fields["no_rope_layers"] = marks
        try JSONSerialization.data(withJSONObject: fields).write(to: URL(fileURLWithPath: file))
        #expect { _ = try LanguageModel(folder: folder) } throws: { "\($0)".contains("no_rope_layers: expected") }
    }
}
