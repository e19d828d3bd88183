import Foundation

/// The prompts and texts that both models were given; see `Golden/README.md`.
struct SharedTexts: Decodable {
    /// What the texts are of, 100 texts each.
    let kinds: [String]
    let prompts: [String]
    let texts: [String]

    static func load() throws -> SharedTexts { try GoldenFile.load("texts") }

    /// What a text is of.
    func kind(of index: Int) -> String { kinds[index / (texts.count / kinds.count)] }
}

/// What transformers and tokenizers made of them with one model.
struct RealModelGolden: Decodable, Sendable {
    /// One prompt.
    struct Case: Decodable, Sendable {
        /// With the beginning-of-sequence token.
        let ids: [Int]
        /// The likeliest tokens that follow, and their logits.
        let top: [Int]
        let logits: [Double]
        let logSumExp: Double
        /// What greedy decoding goes on with.
        let generated: [Int]
        /// How far the likeliest token's logit was above the second's at each of them.
        let gaps: [Double]
    }

    /// The largest difference of any logit between transformers in float32 and in float64.
    let rounding: Double
    /// In the order of `SharedTexts.prompts`.
    let prompts: [Case]
    /// In the order of `SharedTexts.texts`: how many ids, and half of the SHA-256 of them as little-endian Int32.
    let texts: [String]

    static func load(_ model: RealModel) throws -> RealModelGolden { try GoldenFile.load(model.rawValue) }
}

private enum GoldenFile {
    static func load<Value: Decodable>(_ name: String) throws -> Value {
        let file = Bundle.module.resourceURL!.appending(path: "Golden/\(name).json")
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }
}
