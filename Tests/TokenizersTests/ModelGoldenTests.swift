import Foundation
import Testing

@testable import Tokenizers

/// WordPiece, Unigram, normalisers, and the patterns that tokenizers are published with, against the reference.
struct ModelGoldenTests {
    /// What `make_model_golden.py` wrote.
    struct Golden: Decodable {
        struct Pattern: Decodable {
            struct Case: Decodable {
                let behavior: String
                let invert: Bool
                let pieces: [[String]]
            }
            let regex: String
            let cases: [Case]
        }
        let texts: [String]
        let tokenizers: [String: GoldenData.Expectation]
        let patterns: [String: Pattern]

        static func load() throws -> Golden {
            let url = folder.appending(path: "models.expected.json")
            return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
        }

        static let folder = Bundle.module.resourceURL!.appending(path: "Golden")
    }

    @Test(arguments: ["bert", "bert_cased", "word_nfkd", "unigram", "unigram_bytes", "unigram_table"])
    func `ids, texts and size are the reference's`(name: String) throws {
        let golden = try Golden.load()
        let expected = try #require(golden.tokenizers[name])
        let tokenizer = try Tokenizer(contentsOf: Golden.folder.appending(path: "models/\(name).tokenizer.json"))
        #expect(tokenizer.vocabularySize == expected.vocabularySize)
        for (text, ids) in zip(golden.texts, expected.ids) {
            let found = tokenizer.encode(text)
            let pieces = (found.map { tokenizer.text(of: $0) }, ids.map { tokenizer.text(of: $0) })
            #expect(found == ids, "\(text.debugDescription): found \(pieces.0), expected \(pieces.1)")
        }
        for decoding in expected.decoding {
            #expect(Array(tokenizer.decode(decoding.ids).utf8) == Array(decoding.text.utf8))
        }
    }

    @Test func `published patterns cut texts as the reference does`() throws {
        let golden = try Golden.load()
        for (name, pattern) in golden.patterns.sorted(by: { $0.key < $1.key }) {
            let expression = try RegularExpression(pattern.regex)
            for test in pattern.cases {
                let behavior = try #require(SplitPreTokenizer.Behavior(rawValue: test.behavior))
                let step = SplitPreTokenizer(
                    pattern: .expression(expression), behavior: behavior, isInverted: test.invert)
                for (text, pieces) in zip(golden.texts, test.pieces) {
                    var list = PieceList(Array(text.utf8), startsText: true)
                    step.apply(to: &list)
                    let found = list.pieces.filter { !$0.isEmpty }.map { Array(list.bytes[$0]) }
                    #expect(
                        found == pieces.filter { !$0.isEmpty }.map { Array($0.utf8) },
                        "\(name), \(test.behavior), inverted \(test.invert): \(text.debugDescription)")
                }
            }
        }
    }

    @Test func `a pattern that is not understood is refused by name`() throws {
        for text in ["(?<=a)b", "(a)\\1", "(?<name>a", "[z-a]", "a{3,1}", "\\p{Nonsense}", "(?#", "*a"] {
            #expect(throws: ExpressionError.self, "\(text)") { _ = try RegularExpression(text) }
        }
    }

    @Test func `a long text without a place to cut takes time in proportion`() throws {
        let tokenizer = try Tokenizer(contentsOf: Golden.folder.appending(path: "models/unigram.tokenizer.json"))
        // 100,000 characters: the work of a quadratic search would not end.
        let ids = tokenizer.encode(String(repeating: "ab", count: 50_000))
        #expect(!ids.isEmpty && tokenizer.decode(ids).count >= 100_000)
    }
}
