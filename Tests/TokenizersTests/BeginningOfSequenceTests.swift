import Foundation
import Testing

@testable import Tokenizers

struct BeginningOfSequenceTests {
    /// Makes a model folder around the GPT-2-like tokenizer and reads it.
    private func tokenizer(_ files: [String: String]) throws -> Tokenizer {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: GoldenData.file("gpt2"), to: folder.appending(path: "tokenizer.json"))
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return try Tokenizer(folder: folder)
    }

    @Test func `the tokenizer's configuration names the token`() throws {
        let tokenizer = try tokenizer(["tokenizer_config.json": #"{"bos_token": "<|endoftext|>"}"#])
        #expect(tokenizer.beginningOfSequenceToken == 0)
    }

    @Test func `the token may be written as an object`() throws {
        let tokenizer = try tokenizer(["tokenizer_config.json": #"{"bos_token": {"content": "<|endoftext|>"}}"#])
        #expect(tokenizer.beginningOfSequenceToken == 0)
    }

    @Test func `null in the tokenizer's configuration means none, whatever the model's says`() throws {
        let tokenizer = try tokenizer([
            "tokenizer_config.json": #"{"bos_token": null}"#, "config.json": #"{"bos_token_id": 5}"#,
        ])
        #expect(tokenizer.beginningOfSequenceToken == nil)
    }

    @Test func `the model's configuration is asked where the tokenizer's is silent`() throws {
        let tokenizer = try tokenizer(["tokenizer_config.json": "{}", "config.json": #"{"bos_token_id": 5}"#])
        #expect(tokenizer.beginningOfSequenceToken == 5)
    }

    @Test func `a folder that names no token has none`() throws {
        #expect(try tokenizer([:]).beginningOfSequenceToken == nil)
    }

    @Test func `a token that is not in the vocabulary is added to it`() throws {
        let tokenizer = try tokenizer(["tokenizer_config.json": #"{"bos_token": "<none>"}"#])
        #expect(tokenizer.beginningOfSequenceToken == 600)
        #expect(tokenizer.encodePrompt("<none>the") == [600] + tokenizer.encode("the"))
    }

    @Test func `the special tokens map names the token where the configuration is silent`() throws {
        let tokenizer = try tokenizer([
            "tokenizer_config.json": "{}", "special_tokens_map.json": #"{"bos_token": "<|endoftext|>"}"#,
        ])
        #expect(tokenizer.beginningOfSequenceToken == 0)
    }

    @Test func `an id beyond the vocabulary is refused`() {
        let error = #expect(throws: TokenizerError.self) { try tokenizer(["config.json": #"{"bos_token_id": 600}"#]) }
        #expect(error?.found == "600")
    }

    @Test func `a prompt starts with the token`() throws {
        let tokenizer = try tokenizer(["config.json": #"{"bos_token_id": 0}"#])
        #expect(tokenizer.encodePrompt("the end") == [0] + tokenizer.encode("the end"))
    }

    @Test func `a prompt that starts with the token gets no second one`() throws {
        let tokenizer = try tokenizer(["config.json": #"{"bos_token_id": 0}"#])
        #expect(tokenizer.encodePrompt("<|endoftext|>the") == tokenizer.encode("<|endoftext|>the"))
    }

    @Test func `an empty prompt is the token alone`() throws {
        #expect(try tokenizer(["config.json": #"{"bos_token_id": 0}"#]).encodePrompt("") == [0])
    }
}
