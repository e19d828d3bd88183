/// The `Split` step: cuts the text into the matches of a regular expression that is known by its text.
///
/// The known patterns match everywhere, so there is nothing between two matches.
enum SplitPreTokenizer: Sendable, Equatable {
    /// The pattern of GPT-2.
    case gpt2
    /// The pattern of Llama 3, with numbers up to three digits long.
    case llama3
    /// The pattern of Qwen 2 and 3, with numbers one digit long.
    case qwen

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        switch self {
        case .gpt2: text.cut(GPT2Pattern.endOfMatch)
        case .llama3: text.cut(NumberGroupPattern(longestNumber: 3).endOfMatch)
        case .qwen: text.cut(NumberGroupPattern(longestNumber: 1).endOfMatch)
        }
    }
}

extension SplitPreTokenizer {
    /// Reads the step from a tokenizer file.
    init(from node: JSONNode) throws(TokenizerError) {
        let pattern = try node.required("pattern")
        guard let expression = try pattern.optional("Regex") else {
            throw pattern.error(expected: "a regular expression \"Regex\"", found: pattern.value.excerpt)
        }
        switch try expression.string() {
        case GPT2Pattern.text: self = .gpt2
        case NumberGroupPattern.llama3Text: self = .llama3
        case NumberGroupPattern.qwenText: self = .qwen
        default: throw expression.unexpected("the pattern of GPT-2, Llama 3 or Qwen")
        }
        let behavior = try node.required("behavior")
        let keepsMatches = try node.required("invert").boolean()
        switch try behavior.string() {
        case "Isolated": break
        case "Removed" where keepsMatches: break
        default: throw behavior.unexpected("\"Isolated\", or \"Removed\" with \"invert\"")
        }
    }
}
