import Foundation
import Testing
import Texts

@testable import Tokenizers

/// Damaged tokenizer files: each is either refused with an error or makes a tokenizer that works.
struct MutationTests {
    /// 14 files: more than 10,000 in all.
    private static let mutationsPerFile = 920

    private static let fragments = [
        "null", "true", "-1", "0", "1e999", "4294967295", "\"\"", "[]", "{}", "[[", "}", "\"", "\\", "\\ud800", "\u{0}",
        "Ġ",
        "\"type\"", "Metaspace", "Replace", "<0x0A>", "▁", "Sequence", "ByteLevel", "NFC", "Digits", ",", ":",
        "<|endoftext|>",
    ]

    /// Damages a text at one to four places.
    private func mutated(_ bytes: [UInt8], using random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            // Half of the damage falls on the head, where the settings are.
            let reach = Bool.random(using: &random) ? min(1500, bytes.count) : bytes.count
            let place = Int.random(in: 0..<reach, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: Self.fragments.randomElement(using: &random)!.utf8, at: place)
            case 3: bytes.replaceSubrange(place..<end, with: Self.fragments.randomElement(using: &random)!.utf8)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<reach, using: &random))
            default: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &random)
            }
        }
        return bytes
    }

    @Test(arguments: GoldenData.names + ["models/bert", "models/unigram_bytes", "models/unigram_table"])
    func `a damaged file is refused or works`(name: String) throws {
        let original = [UInt8](try Data(contentsOf: GoldenData.file(name)))
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: url) }
        let text = "The end of 12 cats\n\n <|endoftext|> don't 👍e\u{301} <mask>  x"
        var random = SplitMix(state: 42)
        for _ in 0..<Self.mutationsPerFile {
            try Data(mutated(original, using: &random)).write(to: url)
            do throws(TokenizerError) {
                let tokenizer = try Tokenizer(contentsOf: url)
                #expect(tokenizer.encode(text).allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
            } catch {
                #expect(!error.description.contains { $0.isNewline })
            }
        }
    }

    @Test func `deep nesting is refused instead of exhausting the stack`() throws {
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONText.parse(Array(String(repeating: "[", count: 1_000_000).utf8))
        }
        #expect(error?.expected == "at most 127 nested values")
    }
}
