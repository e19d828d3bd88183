import Foundation
import LanguageModels
import Safetensors
import Testing
import Tokenizers

@Suite struct `damaged model configurations` {
    /// All cases together make ten thousand.
    private static let mutationsACase = 10_000 / ForwardCase.names.count

    /// As JSON.
    private static let values = [
        "null", "true", "false", "-1", "0", "1", "2", "3", "7", "2147483647", "2147483648", "9007199254740993", "-0.5",
        "0.5", "1e-300", "1e308", "\"\"", "\"relu\"", "\"gelu\"", "\"default\"", "\"LlamaForCausalLM\"",
        "[\"GPT2LMHeadModel\"]", "[\"Gemma3ForCausalLM\"]", "[\"Qwen3ForCausalLM\"]", "[]", "[\"full_attention\"]",
        "[1, 2]", "{}", #"{"rope_type": "linear", "factor": 0}"#, #"{"rope_type": "linear", "factor": 1e300}"#,
        #"{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 9}"#,
        #"{"type": "yarn"}"#,
    ]
    private static let names = [
        "rope_scaling", "rope_parameters", "layer_types", "sliding_window", "head_dim", "query_pre_attn_scalar",
        "partial_rotary_factor", "rotary_pct", "final_logit_softcapping", "attn_logit_softcapping", "n_inner",
        "num_key_value_heads", "tie_word_embeddings", "attention_bias", "quantization_config",
    ]

    /// Another value for some fields, or damage to the bytes.
    private func mutated(_ original: Data, using random: inout SeededGenerator) throws -> Data {
        if Int.random(in: 0..<4, using: &random) == 0 {
            var bytes = [UInt8](original)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &random)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 4))
                }
            }
            return Data(bytes)
        }
        var fields = try #require(try JSONSerialization.jsonObject(with: original) as? [String: Any])
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let keys = fields.keys.sorted() + Self.names
            let key = try #require(keys.randomElement(using: &random))
            let value = try #require(Self.values.randomElement(using: &random))
            fields[key] =
                Int.random(in: 0..<4, using: &random) == 0
                ? nil : try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        }
        return try JSONSerialization.data(withJSONObject: fields)
    }

    @Test(arguments: ForwardCase.names)
    func `a damaged configuration is refused with one line or makes a model that runs`(name: String) throws {
        let folder = try CopiedModel(name)
        let path = folder.path + "/config.json"
        let original = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededGenerator(seed: 23)
        var (loaded, refused) = (0, 0)
        for _ in 0..<Self.mutationsACase {
            // A new file each time: some file systems flush one that is written over.
            try FileManager.default.removeItem(atPath: path)
            try mutated(original, using: &random).write(to: URL(fileURLWithPath: path))
            let model: LanguageModel
            do {
                model = try LanguageModel(folder: folder.path)
            } catch {
                let line = "\(error)"
                #expect(error is ModelError || error is SafetensorsError || error is TokenizerError, "\(line)")
                #expect(line.hasPrefix(folder.path) && !line.contains { $0.isNewline }, "\(line)")
                refused += 1
                continue
            }
            loaded += 1
            do {
                let trace = try model.run([0, 1])
                #expect(model.logits(trace, position: 1).count == model.configuration.vocabularySize)
            } catch {
                // A context of one token may be what the damage says.
                #expect(error is ModelError && model.configuration.contextLength < 2, "\(error)")
            }
        }
        #expect(loaded > 0 && refused > 0)
    }
}
