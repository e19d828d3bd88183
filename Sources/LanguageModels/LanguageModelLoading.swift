import Foundation
import Safetensors
import Tensors
import Tokenizers

/// An architecture describes its blocks in terms of the parts that the forward pass and attribution know.
///
/// To add one: write a file in `Architectures` and enter it in `LanguageModel.architectures`.
protocol Architecture: SendableMetatype {
    /// `architectures[0]` in config.json.
    static var name: String { get }
    /// Reads the configuration and finds every weight, checking shapes.
    static func parts(_ configuration: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts
}

/// What an architecture gives to `LanguageModel`.
struct ModelParts {
    var configuration: ModelConfiguration
    var embedding: StoredMatrix
    var embeddingScale: Float = 1
    var positionEmbedding: StoredMatrix?
    var unembedding: StoredMatrix
    var logitSoftCap: Float?
    var blocks: [TransformerBlock]
    var finalNorm: Norm
}

extension LanguageModel {
    /// Every architecture there is a file for.
    static let architectures: [any Architecture.Type] = [
        GPT2Architecture.self, GPTNeoXArchitecture.self, LlamaArchitecture.self, MistralArchitecture.self,
        Qwen2Architecture.self, Qwen3Architecture.self, Phi3Architecture.self, OLMo2Architecture.self,
        GemmaArchitecture.self, Gemma2Architecture.self, Gemma3Architecture.self, Gemma3ConditionalArchitecture.self,
    ]

    /// Maps the weights of a local Hugging Face folder: config.json, model.safetensors or its shards, tokenizer.json.
    ///
    /// - Parameter folder: its path, or `hf://owner/name@revision`, a repository in the local Hugging Face cache
    /// - Throws: `ModelError`, `SafetensorsError` or `TokenizerError`, each one line with file, place, expected, found.
    public init(folder address: String) throws {
        let folder = try HuggingFaceCache.folder(address)
        let file = try ConfigurationFile(folder: folder)
        let architecture = try file.architecture()
        guard let description = Self.architectures.first(where: { $0.name == architecture }) else {
            let supported = Self.architectures.map { $0.name }.joined(separator: ", ")
            throw ModelError(
                file: file.path, place: "architectures", "expected one of \(supported), found \(architecture)")
        }
        try file.refuse("quantization_config", because: "quantised weights are not supported")
        weights = try Checkpoint(folder: folder)
        let parts = try description.parts(file, weights)
        try file.refuseUnread()
        configuration = parts.configuration
        tokenizer = try Tokenizer(folder: URL(fileURLWithPath: folder, isDirectory: true))
        embedding = parts.embedding
        embeddingScale = parts.embeddingScale
        positionEmbedding = parts.positionEmbedding
        unembedding = parts.unembedding
        logitSoftCap = parts.logitSoftCap
        blocks = parts.blocks
        finalNorm = parts.finalNorm
        meanUnembedding = Self.meanRow(of: parts.unembedding)
        if !meanUnembedding.allSatisfy(\.isFinite), let fault = weights.firstFault() { throw fault }
        let computation = parts.computation(tokenizer)
        fingerprint = try computation.fingerprint(of: weights.files.map(\.file), cache: FingerprintCache())
        formerFingerprints = [
            computation.sampledFingerprint,
            try WeightFingerprint.of(
                smallFiles: [folder + "/config.json", folder + "/tokenizer.json"], text: tokenizer.surroundings,
                weights: weights.files),
        ]
        name = HuggingFaceCache.name(ofFolder: address)
    }

    private static func meanRow(of matrix: StoredMatrix) -> [Float] {
        var sums = [Double](repeating: 0, count: matrix.columnCount)
        matrix.forEachBlock { _, count, numbers in
            for row in 0..<count {
                for column in 0..<matrix.columnCount {
                    sums[column] += Double(numbers[row * matrix.columnCount + column])
                }
            }
        }
        return sums.map { Float($0 / Double(matrix.rowCount)) }
    }
}
