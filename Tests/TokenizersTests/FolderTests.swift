import Foundation
import Testing

@testable import Tokenizers

/// Tokenizer folders as they are published, against transformers; see `Golden/README.md`.
struct FolderTests {
    struct Folder: Decodable, CustomTestStringConvertible {
        let name: String
        let prefixSpace: Bool
        let files: [String: String]
        let texts: [String]
        let ids: [[Int]]
        var testDescription: String { name }
    }

    private static let folders: [Folder] = {
        let file = Bundle.module.resourceURL!.appending(path: "Golden/folders.expected.json")
        return (try? JSONDecoder().decode([Folder].self, from: Data(contentsOf: file))) ?? []
    }()

    /// Makes a model folder around the GPT-2-like tokenizer and reads it.
    private func tokenizer(_ files: [String: String], prefixSpace: Bool = false) throws -> Tokenizer {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try String(contentsOf: GoldenData.file("gpt2"), encoding: .utf8).replacingOccurrences(
            of: #""pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false"#,
            with: #""pre_tokenizer":{"type":"ByteLevel","add_prefix_space":\#(prefixSpace)"#)
        try Data(text.utf8).write(to: folder.appending(path: "tokenizer.json"))
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return try Tokenizer(folder: folder)
    }

    /// How a folder of these files is refused.
    private func refusal(_ files: [String: String]) -> TokenizerError? {
        do throws(any Error) {
            _ = try tokenizer(files)
            Issue.record("the folder was read")
            return nil
        } catch {
            return error as? TokenizerError
        }
    }

    @Test func `there are folders to compare`() {
        #expect(Self.folders.count == 27)
    }

    @Test(arguments: folders)
    func `a folder's prompts become the reference's ids`(folder: Folder) throws {
        let tokenizer = try tokenizer(folder.files, prefixSpace: folder.prefixSpace)
        for (text, ids) in zip(folder.texts, folder.ids) {
            #expect(tokenizer.encodePrompt(text) == ids, "\(text)")
        }
    }

    @Test func `a token whose stated id is not the next one is refused`() {
        let error = refusal(["tokenizer_config.json": #"{"added_tokens_decoder": {"603": {"content": "<x>"}}}"#])
        #expect(error?.place == "added_tokens_decoder.603")
        #expect(error?.expected == #"id 600, which the reference gives "<x>""#)
    }

    @Test func `two contents for one id are refused`() {
        let error = refusal(["tokenizer_config.json": #"{"added_tokens_decoder": {"0": {"content": "<x>"}}}"#])
        #expect(error?.place == "added_tokens_decoder.0")
        let other = refusal(["added_tokens.json": #"{"<x>": 600, "<y>": 600}"#])
        #expect(other?.place == #"["<y>"]"#)
    }

    @Test(arguments: [
        ("tokenizer_config.json", #"{"added_tokens_decoder": []}"#, "added_tokens_decoder"),
        ("tokenizer_config.json", #"{"added_tokens_decoder": {"a": {"content": "<x>"}}}"#, "added_tokens_decoder.a"),
        (
            "tokenizer_config.json", #"{"added_tokens_decoder": {"600": {"content": "<x>", "lstrip": 1}}}"#,
            "added_tokens_decoder.600.lstrip"
        ),
        ("tokenizer_config.json", #"{"additional_special_tokens": [3]}"#, "additional_special_tokens[0]"),
        ("tokenizer_config.json", #"{"add_prefix_space": "yes"}"#, "add_prefix_space"),
        ("tokenizer_config.json", #"{"split_special_tokens": true}"#, "split_special_tokens"),
        ("special_tokens_map.json", #"{"pad_token": 3}"#, "pad_token"),
        ("added_tokens.json", #"{"<x>": "600"}"#, #"["<x>"]"#),
    ])
    func `a wrong value is refused by file and place`(file: String, text: String, place: String) {
        let error = refusal([file: text])
        #expect(error?.file.hasSuffix(file) == true)
        #expect(error?.place == place)
    }

    @Test func `what stands outside tokenizer json is part of the fingerprint, a mere beginning is not`() throws {
        #expect(try tokenizer(["tokenizer_config.json": #"{"bos_token": "<|endoftext|>"}"#]).surroundings.isEmpty)
        #expect(try !tokenizer(["added_tokens.json": #"{"<x>": 600}"#]).surroundings.isEmpty)
        #expect(try !tokenizer(["special_tokens_map.json": #"{"eos_token": "<|endoftext|>"}"#]).surroundings.isEmpty)
    }

    @Test func `what was put in front is told with its role`() throws {
        let tokenizer = try tokenizer(["tokenizer_config.json": #"{"bos_token": null, "pad_token": "<pad>"}"#])
        let record = try #require(tokenizer.startRecord(of: "the end"))
        #expect(record.token == 600)
        #expect(record.text == "<pad>")
        #expect(record.role == .padding)
        #expect(tokenizer.beginningOfSequenceToken == nil)
        #expect(tokenizer.startRecord(of: "<pad>the end") == nil)
    }
}
