import Testing

@testable import Tokenizers

struct GoldenTests {
    @Test(arguments: GoldenData.names + GoldenData.splitNames)
    func `every golden text encodes to the reference's ids`(name: String) throws {
        let golden = try GoldenData.load(name)
        let tokenizer = try GoldenData.tokenizer(name)
        let expected = try #require(golden.tokenizers[name]).ids
        #expect(golden.texts.count == expected.count)
        for (text, ids) in zip(golden.texts, expected) {
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
        }
    }

    @Test(arguments: GoldenData.names + GoldenData.splitNames)
    func `every golden sequence of ids decodes to the reference's text`(name: String) throws {
        let expected = try #require(try GoldenData.load(name).tokenizers[name]).decoding
        let tokenizer = try GoldenData.tokenizer(name)
        for decoding in expected {
            #expect(Array(tokenizer.decode(decoding.ids).utf8) == Array(decoding.text.utf8), "\(decoding.ids)")
        }
    }

    @Test(arguments: GoldenData.names + GoldenData.splitNames)
    func `the vocabulary has the reference's size`(name: String) throws {
        let expected = try #require(try GoldenData.load(name).tokenizers[name]).vocabularySize
        #expect(try GoldenData.tokenizer(name).vocabularySize == expected)
    }
}
