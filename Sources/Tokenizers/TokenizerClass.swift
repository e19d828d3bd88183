/// What transformers' tokenizer classes take for granted where a folder's files say nothing.
///
/// Published folders of these families often rely on it; GPT-2's has no special token in its files at all.
enum TokenizerClass {
    /// The special tokens of a class, by its name with or without `Fast`; none for other classes.
    static func specialTokens(ofClass name: String) -> [SpecialTokens.Role: String] {
        switch name.hasSuffix("Fast") ? String(name.dropLast(4)) : name {
        case "GPT2Tokenizer", "GPTNeoXTokenizer":
            [.unknown: endOfText, .beginningOfSequence: endOfText, .endOfSequence: endOfText]
        case "Qwen2Tokenizer": [.unknown: endOfText, .endOfSequence: endOfText, .padding: endOfText]
        case "LlamaTokenizer": [.unknown: "<unk>", .beginningOfSequence: "<s>", .endOfSequence: "</s>"]
        case "GemmaTokenizer":
            [.unknown: "<unk>", .beginningOfSequence: "<bos>", .endOfSequence: "<eos>", .padding: "<pad>"]
        default: [:]
        }
    }

    /// The class of a model, by `model_type` of config.json.
    static func name(ofModelType type: String) -> String? {
        switch type {
        case "gpt2": "GPT2Tokenizer"
        case "gpt_neox": "GPTNeoXTokenizer"
        case "qwen2", "qwen3": "Qwen2Tokenizer"
        case "llama", "mistral", "phi3": "LlamaTokenizer"
        case "gemma", "gemma2", "gemma3", "gemma3_text": "GemmaTokenizer"
        default: nil
        }
    }

    private static let endOfText = "<|endoftext|>"
}
