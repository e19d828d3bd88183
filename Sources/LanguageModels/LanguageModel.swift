import Tensors
import Tokenizers

/// A causal language model with its weights as they are stored and its tokenizer.
///
///     let model = try LanguageModel(folder: "SmolLM2-135M")
///     let trace = try model.run(model.tokenizer.encodePrompt("The capital of France is"))
///     let next = model.logits(trace, position: trace.tokens.count - 1)
public struct LanguageModel: Sendable {
    /// The dimensions.
    public let configuration: ModelConfiguration
    /// Text to tokens and back.
    public let tokenizer: Tokenizer
    /// `[vocabularySize, modelWidth]`.
    public let embedding: StoredMatrix
    /// `[vocabularySize, modelWidth]`; the embedding itself where the two are tied.
    public let unembedding: StoredMatrix
    /// One a layer.
    public let blocks: [TransformerBlock]
    /// Before the unembedding.
    public let finalNorm: RMSNorm
    /// `[modelWidth]`: the unembedding's mean over the vocabulary, which centred logits subtract.
    public let meanUnembedding: [Float]
    /// SHA-256 over the configuration, the tokenizer and samples of every tensor, in hexadecimal.
    public let fingerprint: String
    /// The folder's name, for display.
    public let name: String
}
