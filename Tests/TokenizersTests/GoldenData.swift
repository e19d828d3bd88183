import Foundation

@testable import Tokenizers

/// The golden tokenizers and what the reference does with them; see `Golden/README.md`.
struct GoldenData: Decodable {
    struct Decoding: Decodable {
        let ids: [Int]
        let text: String
    }

    struct Expectation: Decodable {
        let vocabularySize: Int
        let ids: [[Int]]
        let decoding: [Decoding]
    }

    let texts: [String]
    let tokenizers: [String: Expectation]

    private static let byteLevelNames = ["gpt2", "llama3", "qwen", "smollm", "prefixed"]
    /// One file whose `Split` step is written in four ways.
    static let splitNames = ["split_isolated", "split_mergedwithnext", "split_contiguous", "split_mergedwithprevious"]
    static let sentencePieceNames = ["gemma", "llama2", "metaspace_first", "metaspace_always", "partial"]
    /// Those with a file of their own.
    static let names = byteLevelNames + sentencePieceNames + ["pythia"]

    static func load(_ name: String) throws -> GoldenData {
        let file = byteLevelNames.contains(name) ? "expected.json" : "sentencepiece.expected.json"
        return try JSONDecoder().decode(GoldenData.self, from: Data(contentsOf: folder.appending(path: file)))
    }

    static func file(_ name: String) -> URL { folder.appending(path: "\(name).tokenizer.json") }

    static func tokenizer(_ name: String) throws -> Tokenizer {
        guard splitNames.contains(name) else { return try Tokenizer(contentsOf: file(name)) }
        let behaviors = ["Isolated", "MergedWithNext", "Contiguous", "MergedWithPrevious"]
        let behavior = behaviors[splitNames.firstIndex(of: name)!]
        let isInverted = behavior == "Contiguous" || behavior == "MergedWithPrevious"
        let text = try String(contentsOf: file("split"), encoding: .utf8).replacingOccurrences(
            of: #""behavior":"MergedWithPrevious","invert":true"#,
            with: "\"behavior\":\"\(behavior)\",\"invert\":\(isInverted)")
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try Tokenizer(contentsOf: url)
    }

    private static let folder = Bundle.module.resourceURL!.appending(path: "Golden")
}

/// A small deterministic random generator (SplitMix64, Steele et al. 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
