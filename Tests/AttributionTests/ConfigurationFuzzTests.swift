import Circuits
import Foundation
import LanguageModels
import Safetensors
import Testing
import Tokenizers

/// Damages config.json in ways that text and values get damaged: the folder is refused with one line, or its model
/// runs; it never crashes, and never asks for memory that the weights do not bear out.
@Suite struct `damaged configurations` {
    private static let values = [
        "0", "1", "-1", "2", "3", "5", "64", "2147483647", "2147483648", "9223372036854775807", "1e308", "1e-320",
        "0.5",
        "null", "true", "false", "\"\"", "\"gelu\"", "[]", "[\"full_attention\"]", "{}", "{\"rope_type\": \"linear\"}",
    ]

    @Test(arguments: [
        "gpt2", "gptneox", "llama3rope-clt_jumprelu", "qwen3-plt_relu", "gemma2-plt_jumprelu", "gemma3-plt_skip",
    ])
    func `a damaged config.json is refused in one line, or its model runs`(name: String) throws {
        let folder = try CopiedModel(name + "/model")
        let file = folder.path + "/config.json"
        let original = try String(contentsOfFile: file, encoding: .utf8)
        let fields = try #require(
            JSONSerialization.jsonObject(with: Data(original.utf8)) as? [String: Any]
        ).keys.sorted()
        var generator = SeededNumbers(seed: 17)
        var refusals = 0
        for round in 0..<2000 {
            let damaged =
                round % 2 == 0
                ? mutated(Array(original.utf8), using: &generator)
                : Array(replaced(original, fields: fields, using: &generator).utf8)
            try Data(damaged).write(to: URL(fileURLWithPath: file))
            do {
                let model = try LanguageModel(folder: folder.path)
                if round % 20 == 1, model.configuration.contextLength >= 3 { _ = try model.run([0, 5, 9]) }
            } catch {
                try #require(error is ModelError || error is SafetensorsError, "\(error)")
                refusals += 1
            }
        }
        #expect(refusals > 100)
    }

    /// Flips, drops or doubles a few bytes.
    private func mutated(_ original: [UInt8], using generator: inout SeededNumbers) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 32...126, using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        return bytes
    }

    /// Gives a few fields values of another kind or size.
    private func replaced(_ original: String, fields: [String], using generator: inout SeededNumbers) -> String {
        var text = original
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            let field = fields[Int.random(in: fields.indices, using: &generator)]
            let value = Self.values[Int.random(in: Self.values.indices, using: &generator)]
            guard let name = text.range(of: "\"\(field)\": ") else { continue }
            let end = text[name.upperBound...].firstIndex { $0 == "," || $0 == "\n" } ?? text.endIndex
            text.replaceSubrange(name.upperBound..<end, with: value)
        }
        return text
    }
}
