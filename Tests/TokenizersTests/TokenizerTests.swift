import Foundation
import Testing

@testable import Tokenizers

struct TokenizerTests {
    @Test(arguments: ["gpt2", "llama3", "smollm"])
    func `decoding restores what was encoded, byte for byte`(name: String) throws {
        let tokenizer = try GoldenData.tokenizer(name)
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 1...40, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x1FFFF), using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(Array(tokenizer.decode(tokenizer.encode(text)).utf8) == Array(text.utf8), "\(scalars)")
        }
    }

    @Test func `a hundred thousand letters without a space are encoded and restored`() throws {
        let tokenizer = try GoldenData.tokenizer("gpt2")
        var random = SplitMix(state: 3)
        let text = String((0..<100_000).map { _ in "abcdehilnorst".randomElement(using: &random)! })
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }

    @Test func `text before and behind a special token is encoded as if alone`() throws {
        let tokenizer = try GoldenData.tokenizer("gpt2")
        let special = try #require(tokenizer.id(of: "<|endoftext|>"))
        let ids = tokenizer.encode("the end <|endoftext|> of it")
        #expect(ids == tokenizer.encode("the end ") + [special] + tokenizer.encode(" of it"))
    }

    @Test(arguments: GoldenData.names)
    func `a token's bytes lead back to a token of the same bytes`(name: String) throws {
        let tokenizer = try GoldenData.tokenizer(name)
        for id in 0..<tokenizer.vocabularySize {
            let bytes = tokenizer.bytes(of: id)
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            let found = try #require(tokenizer.id(of: text))
            #expect(tokenizer.bytes(of: found) == bytes)
        }
    }

    @Test func `a part of a scalar shows as the replacement character`() throws {
        let tokenizer = try GoldenData.tokenizer("gpt2")
        let first = try #require(tokenizer.encode("☃").first)
        #expect(tokenizer.text(of: first) == "\u{FFFD}")
    }

    @Test func `a text of two tokens has no single id`() throws {
        let tokenizer = try GoldenData.tokenizer("gpt2")
        #expect(tokenizer.id(of: " the the") == nil)
    }

    @Test func `composed and decomposed texts are different tokens`() throws {
        let tokenizer = try GoldenData.tokenizer("gpt2")
        #expect(tokenizer.encode("é") != tokenizer.encode("e\u{301}"))
    }

    @Test(arguments: [-1, 600, Int.max, Int.min])
    func `an id without a token stands for nothing`(id: Int) throws {
        #expect(try GoldenData.tokenizer("gpt2").decode([id]) == "")
    }
}
