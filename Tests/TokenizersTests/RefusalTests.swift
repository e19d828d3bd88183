import Foundation
import Testing

@testable import Tokenizers

struct RefusalTests {
    /// Replaces one text in a golden file and returns how the result is refused.
    private func refusal(of name: String = "gpt2", replacing old: String, by new: String) throws -> TokenizerError? {
        let text = try String(contentsOf: GoldenData.file(name), encoding: .utf8)
        try #require(text.contains(old), "the golden file has no \(old)")
        return try refusal(ofText: text.replacingOccurrences(of: old, with: new))
    }

    private func refusal(ofText text: String) throws -> TokenizerError? {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: url) }
    }

    @Test func `a missing file is named`() {
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(contentsOf: URL(filePath: "/nowhere/tokenizer.json"))
        }
        #expect(error?.description == "/nowhere/tokenizer.json: expected a readable JSON file, found no file there")
    }

    @Test func `text that is not JSON is refused with its line and column`() throws {
        #expect(try refusal(ofText: "{\n  \"model\" 3}")?.place == "line 2, column 11")
    }

    @Test func `another kind of model is refused by name`() throws {
        let error = try refusal(of: "gemma", replacing: #""type":"BPE""#, by: #""type":"WordLevel""#)
        #expect(error?.place == "model.type")
        #expect(error?.found == #""WordLevel""#)
    }

    @Test(arguments: ["WordPiece", "Unigram"])
    func `another kind of model than BPE is refused beside ByteLevel`(kind: String) throws {
        let error = try refusal(replacing: #""type":"BPE""#, by: "\"type\":\"\(kind)\"")
        #expect(error?.place == "model")
        #expect(error?.found == kind)
    }

    @Test func `an unknown pre-tokenizer is refused with what is supported`() throws {
        let error = try refusal(
            replacing: #""pre_tokenizer":{"type":"ByteLevel""#, by: #""pre_tokenizer":{"type":"UnicodeScripts""#)
        #expect(error?.expected == PreTokenizer.supportedTypes)
        #expect(error?.found == "\"UnicodeScripts\"")
    }

    @Test(arguments: [
        (
            #""pattern":{"String":" "},"content""#, #""pattern":{"Regex":"(?<= )"},"content""#,
            "normalizer.pattern.Regex"
        ),
        (#""pattern":{"String":" "},"content""#, #""pattern":{"String":""},"content""#, "normalizer.pattern.String"),
        (#""MergedWithPrevious""#, #""Merged""#, "pre_tokenizer.behavior"),
        (#"{"type":"Fuse"}"#, #"{"type":"Strip","content":"ab","start":1,"stop":0}"#, "decoder.decoders[2].content"),
        (#"{"type":"Fuse"}"#, #"{"type":"Strip","content":" ","start":-1,"stop":0}"#, "decoder.decoders[2].start"),
        (#"{"type":"Fuse"}"#, #"{"type":"CTC"}"#, "decoder.decoders[2].type"),
    ])
    func `a wrong part of a SentencePiece-style file is named`(old: String, new: String, place: String) throws {
        #expect(try refusal(of: "gemma", replacing: old, by: new)?.place == place)
    }

    @Test(arguments: [
        (#""prepend_scheme":"first""#, #""prepend_scheme":"last""#, "pre_tokenizer.prepend_scheme"),
        (
            #""prepend_scheme":"first""#, #""prepend_scheme":"first","add_prefix_space":false"#,
            "pre_tokenizer.add_prefix_space"
        ),
        (#""replacement":"▁""#, #""replacement":"▁▁""#, "pre_tokenizer.replacement"),
    ])
    func `a wrong Metaspace step is refused`(old: String, new: String, place: String) throws {
        #expect(try refusal(of: "metaspace_first", replacing: old, by: new)?.place == place)
    }

    @Test func `an unknown token that is needed and not in the vocabulary is refused`() throws {
        let error = try refusal(of: "partial", replacing: #""unk_token":"<unk>""#, by: #""unk_token":"<none>""#)
        #expect(error?.place == "model.unk_token")
    }

    @Test func `an unknown regular expression is refused with its text`() throws {
        let error = try refusal(of: "qwen", replacing: "+[\\\\r\\\\n]*|", by: "+(?<=a)|")
        #expect(error?.place == "pre_tokenizer.pretokenizers[0].pattern.Regex")
        #expect(error?.found.contains(#"(?i:'s|'t"#) == true)
    }

    @Test func `an unknown normalizer is refused`() throws {
        let error = try refusal(of: "qwen", replacing: #"{"type":"NFC"}"#, by: #"{"type":"NFX"}"#)
        #expect(error?.place == "normalizer.type")
    }

    @Test func `two tokens with one id are refused by both names`() throws {
        let error = try refusal(replacing: #""!":1,"#, by: #""!":2,"#)
        #expect(error?.found == #"2 for both "!" and """"#)
    }

    @Test(arguments: ["-1", "4194304", "99999999999999999999", "1.5", "\"1\"", "null"])
    func `an id that is no number in range is refused`(id: String) throws {
        #expect(try refusal(replacing: #""!":1,"#, by: "\"!\":\(id),")?.place == #"model.vocab["!"]"#)
    }

    @Test func `a token that is listed twice is refused`() throws {
        #expect(try refusal(replacing: #""!":1,"#, by: #""!":1,"!":700,"#)?.found == #""!" twice"#)
    }

    @Test func `a merge of an unknown token is refused by its number`() throws {
        let error = try refusal(replacing: #""merges":[["#, by: #""merges":[["☃","a"],["#)
        #expect(error?.place == "model.merges[0]")
        #expect(error?.found.hasPrefix("\"☃\"") == true)
    }

    @Test func `a merge that is no pair is refused`() throws {
        let error = try refusal(of: "smollm", replacing: #""merges":[""#, by: #""merges":["a b c",""#)
        #expect(error?.found == "\"a b c\"")
    }

    @Test func `an added token whose id is taken is refused`() throws {
        let error = try refusal(replacing: #"[{"id":0,"content":"<|endoftext|>""#, by: #"[{"id":1,"content":"<|new|>""#)
        #expect(error?.place == "added_tokens[0]")
    }

    @Test func `an added token whose id is not the next free one is refused`() throws {
        let error = try refusal(of: "qwen", replacing: #""id":600,"content""#, by: #""id":609,"content""#)
        #expect(error?.expected.hasPrefix("id 600") == true)
    }

    @Test func `a flag of the wrong type is refused`() throws {
        let error = try refusal(replacing: #""single_word":false"#, by: #""single_word":"no""#)
        #expect(
            error?.description.hasSuffix("added_tokens[0].single_word: expected true or false, found \"no\"") == true)
    }

    @Test func `an error is one line whatever the file holds`() throws {
        let error = try refusal(replacing: #""type":"BPE""#, by: #""type":"a\nb\u0000\u2028""#)
        #expect(error?.description.contains { $0.isNewline } == false)
    }
}
