import Circuits
import Foundation

/// Names features by their strongest examples.
final class LabelNaming {
    /// The tokens of a prompt, and what the model predicts behind them.
    typealias Prompt = (tokens: ArraySlice<Int32>, predicted: Int)

    /// What a feature is called by rule.
    struct Name: Equatable {
        /// The names of its tails, of those that it has.
        var texts: [FeatureTail: String] = [:]
        /// What these could name as coming before, packed; see ``LabelContexts``.
        var contexts: [FeatureTail: Data] = [:]

        /// The whole name.
        var label: String {
            [texts[.positive], texts[.negative].map { "negative \($0)" }].compactMap { $0 }.joined(separator: "; ")
        }
    }

    private let identity: AtlasIdentity
    private let frequencies: TokenFrequencies
    private let promoted: PromotedTokens
    private let prompt: (Int) throws -> Prompt
    private let weights: TokenWeights
    private var quoted: [Int: String] = [:]

    /// - Parameters:
    ///   - frequencies: how often tokens occur
    ///   - prompt: a prompt by its id
    init(
        identity: AtlasIdentity, frequencies: TokenFrequencies, promoted: PromotedTokens,
        prompt: @escaping (Int) throws -> Prompt
    ) {
        self.identity = identity
        self.frequencies = frequencies
        self.promoted = promoted
        self.prompt = prompt
        weights = TokenWeights(vocabularySize: identity.vocabulary.count)
    }

    /// Names a feature by the strongest examples of its tails, of which it has at least one.
    func name(_ feature: FeatureID, examples: [FeatureTail: [StoredExample]]) throws -> Name {
        var name = Name()
        for (tail, examples) in examples {
            let label = AutomaticLabel(
                examples: try examples.map(example), promoted: promoted[feature, tail], weights: weights)
            name.texts[tail] = label.text(quoted: quote, frequency: frequencies.frequency(of:))
            if !label.contexts.isEmpty { name.contexts[tail] = LabelContexts.encode(label.contexts) }
        }
        return name
    }

    private func quote(_ token: Int) -> String {
        if let known = quoted[token] { return known }
        let text = AutomaticLabel.quoted(identity.vocabulary[token])
        quoted[token] = text
        return text
    }

    private func example(_ stored: StoredExample) throws -> AutomaticLabel.Example {
        let (tokens, predicted) = try prompt(stored.prompt)
        guard 0..<tokens.count ~= stored.position else {
            throw AtlasError.damagedBlock(
                table: "prompts.activations", row: stored.prompt,
                expected: "positions inside the prompt", found: "position \(stored.position)")
        }
        let place = tokens.startIndex + stored.position
        return AutomaticLabel.Example(
            token: Int(tokens[place]), before: tokens[..<place].dropFirst(),
            next: place + 1 < tokens.endIndex ? Int(tokens[place + 1]) : predicted,
            activation: Double(stored.activation.magnitude))
    }
}
