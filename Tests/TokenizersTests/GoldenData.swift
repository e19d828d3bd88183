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

    static let names = ["gpt2", "llama3", "qwen", "smollm", "prefixed"]

    static func load() throws -> GoldenData {
        try JSONDecoder().decode(GoldenData.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    }

    static func file(_ name: String) -> URL { folder.appending(path: "\(name).tokenizer.json") }

    static func tokenizer(_ name: String) throws -> Tokenizer { try Tokenizer(contentsOf: file(name)) }

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
