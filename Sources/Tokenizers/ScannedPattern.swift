import Texts

/// The regular expressions that are scanned by hand, several times faster than by ``RegularExpression``.
///
/// They match everywhere, so there is nothing between two matches.
enum ScannedPattern: Sendable, Equatable {
    /// The pattern of GPT-2.
    case gpt2
    /// The pattern of Llama 3, with numbers up to three digits long.
    case llama3
    /// The pattern of Qwen 2 and 3, with numbers one digit long.
    case qwen

    /// The pattern of this text, or nil for any other.
    init?(_ text: String) {
        switch ExactText(text) {
        case ExactText(GPT2Pattern.text): self = .gpt2
        case ExactText(NumberGroupPattern.llama3Text): self = .llama3
        case ExactText(NumberGroupPattern.qwenText): self = .qwen
        default: return nil
        }
    }

    /// Where the match that starts at `start` ends; text stops at `end`.
    func endOfMatch(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
        switch self {
        case .gpt2: GPT2Pattern.endOfMatch(in: text, from: start, to: end)
        case .llama3: NumberGroupPattern(longestNumber: 3).endOfMatch(in: text, from: start, to: end)
        case .qwen: NumberGroupPattern(longestNumber: 1).endOfMatch(in: text, from: start, to: end)
        }
    }
}
