import Testing

@testable import Tokenizers

struct GoldenTests {
    @Test(arguments: GoldenData.names)
    func `every golden text encodes to the reference's ids`(name: String) throws {
        let golden = try GoldenData.load()
        let tokenizer = try GoldenData.tokenizer(name)
        let expected = try #require(golden.tokenizers[name]).ids
        #expect(golden.texts.count == expected.count)
        for (text, ids) in zip(golden.texts, expected) {
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
        }
    }

    @Test(arguments: GoldenData.names)
    func `every golden sequence of ids decodes to the reference's text`(name: String) throws {
        let expected = try #require(try GoldenData.load().tokenizers[name]).decoding
        let tokenizer = try GoldenData.tokenizer(name)
        for decoding in expected {
            #expect(Array(tokenizer.decode(decoding.ids).utf8) == Array(decoding.text.utf8), "\(decoding.ids)")
        }
    }

    @Test(arguments: GoldenData.names)
    func `the vocabulary has the reference's size`(name: String) throws {
        let expected = try #require(try GoldenData.load().tokenizers[name]).vocabularySize
        #expect(try GoldenData.tokenizer(name).vocabularySize == expected)
    }
}
