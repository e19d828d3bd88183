import Safetensors
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
    /// What embeddings are multiplied by before they enter the residual stream.
    public let embeddingScale: Float
    /// `[contextLength, modelWidth]`: what each position adds at the bottom, where positions are learned.
    public let positionEmbedding: StoredMatrix?
    /// `[vocabularySize, modelWidth]`; the embedding itself where the two are tied.
    public let unembedding: StoredMatrix
    /// What logits approach and never reach, where the architecture has a final soft-cap.
    public let logitSoftCap: Float?
    /// One a layer.
    public let blocks: [TransformerBlock]
    /// Before the unembedding.
    public let finalNorm: Norm
    /// `[modelWidth]`: the unembedding's mean over the vocabulary, which centred logits subtract.
    public let meanUnembedding: [Float]
    /// SHA-256 over what the model computes with, in hexadecimal: settings, every number, the tokenizer.
    public let fingerprint: String
    /// What atlases of earlier programs know this folder by, the newest first: a digest of samples of every matrix, and one
    /// over samples of the files as they are written.
    public let formerFingerprints: [String]
    /// The folder's name, for display.
    public let name: String
    /// The files that the weights lie in.
    public let weights: Checkpoint
}

extension LanguageModel {
    /// How Gemma 3's instruction-tuned models begin a prompt: `<bos>`, `<start_of_turn>`, `user`, a line break.
    private static let gemma3TurnStart = [2, 105, 2364, 107]

    /// The first position of a prompt whose features and errors count.
    ///
    /// Activations on the tokens before it are outliers: the beginning-of-sequence token, and all of the turn's start
    /// for instruction-tuned Gemma 3, which are the only models that are prompted with it.
    public func firstCountedPosition(in tokens: [Int]) -> Int {
        configuration.architecture == Gemma3Architecture.name && tokens.starts(with: Self.gemma3TurnStart)
            ? Self.gemma3TurnStart.count : 1
    }
}
