import Circuits
import Foundation
import Tensors

/// How the next token is taken from the logits.
public enum Sampling: Sendable, Equatable {
    /// The most likely token; the lower one of two that are equal.
    case greedy
    /// A token drawn by its probability.
    ///
    /// - Parameters:
    ///   - temperature: what logits are divided by, above 0; below 1 makes likely tokens likelier
    ///   - limit: draws among this many most likely tokens; among all of them unless given
    ///   - seed: the same seed draws the same tokens
    case random(temperature: Double = 1, limit: Int? = nil, seed: UInt64)
}

extension LanguageModel {
    /// Continues a prompt.
    ///
    ///     let answer = try model.generate(model.tokenizer.encodePrompt("calc: 36+59="), count: 4)
    ///
    /// - Parameters:
    ///   - tokens: the prompt, at least one token
    ///   - count: tokens to generate; with the prompt at most the context length
    ///   - sampling: how each is chosen
    ///   - stops: tokens that end the text; one of them is the last that is returned
    ///   - site: the tensor that `mlpOutput` gives, and calls for
    ///   - mlpOutput: what stands in the MLP's place, as in `advance`
    /// - Returns: the new tokens alone
    /// - Throws: `ModelError` for a prompt that does not fit; whatever `mlpOutput` throws.
    public func generate(
        _ tokens: [Int], count: Int, sampling: Sampling = .greedy, stops: Set<Int> = [], site: MLPSite = .addition,
        mlpOutput: MLPReplacement = { _, _, mlp in mlp() }
    ) throws -> [Int] {
        var cache = KeyValueCache(self)
        return try generate(tokens, count: count, sampling: sampling, stops: stops) { pending in
            try advance(pending, cache: &cache, site: site, mlpOutput: mlpOutput)
        }
    }

    /// Continues a prompt by logits that come from elsewhere.
    ///
    /// - Parameters:
    ///   - tokens: the prompt, at least one token
    ///   - count: tokens to generate; with the prompt at most the context length
    ///   - sampling: how each is chosen
    ///   - stops: tokens that end the text; one of them is the last that is returned
    ///   - logits: given the tokens that it has not seen yet, the prompt first and then one at a time, answers
    ///     `[vocabularySize]` for what follows them
    /// - Returns: the new tokens alone
    /// - Throws: `ModelError` for a prompt that does not fit; whatever `logits` throws.
    public func generate(
        _ tokens: [Int], count: Int, sampling: Sampling = .greedy, stops: Set<Int> = [],
        logits: (_ pending: [Int]) throws -> [Float]
    ) throws -> [Int] {
        guard count > 0 else { return [] }
        guard count <= configuration.contextLength - tokens.count else {
            throw ModelError(
                file: name, place: "generation",
                "expected at most \(configuration.contextLength) tokens in all (the model's context), found \(tokens.count) of the prompt and \(count) to generate"
            )
        }
        var sampler = try Sampler(sampling, model: name)
        var generated: [Int] = []
        var pending = tokens
        while true {
            try Cancellation.check()
            let found = try logits(pending)
            try requireFinite(logits: found)
            let next = sampler.next(found)
            generated.append(next)
            if generated.count == count || stops.contains(next) { return generated }
            pending = [next]
        }
    }
}

/// Takes tokens from logits, one after the other.
private struct Sampler {
    private let sampling: Sampling
    private var numbers: SeededNumbers

    init(_ sampling: Sampling, model: String) throws(ModelError) {
        self.sampling = sampling
        numbers = SeededNumbers(seed: 0)
        guard case .random(let temperature, let limit, let seed) = sampling else { return }
        guard temperature > 0, temperature.isFinite, limit ?? 1 > 0 else {
            throw ModelError(
                file: model, place: "sampling",
                "expected a temperature and a limit above 0, found \(temperature) and \(limit.map(String.init) ?? "no limit")"
            )
        }
        numbers = SeededNumbers(seed: seed)
    }

    mutating func next(_ logits: [Float]) -> Int {
        switch sampling {
        case .greedy: return largest(1, of: logits).first ?? 0
        case .random(let temperature, let limit, _):
            let tokens = limit.map { largest($0, of: logits) } ?? Array(logits.indices)
            let top = logits.max() ?? 0
            let weights = tokens.map { exp(Double(logits[$0] - top) / temperature) }
            var rest = numbers.unit() * weights.reduce(0, +)
            for (token, weight) in zip(tokens, weights) {
                rest -= weight
                if rest < 0 { return token }
            }
            // Rounding may leave a crumb after the last token that can be drawn at all.
            return weights.lastIndex { $0 > 0 }.map { tokens[$0] } ?? tokens[0]
        }
    }
}
