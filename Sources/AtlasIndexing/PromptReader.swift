import AtlasStore
import Attribution
import Circuits
import Foundation
import Tensors

/// A prompt that the replacement model cannot read.
public struct PromptError: Error, CustomStringConvertible, Sendable {
    /// One line: the place in the corpus, what was expected, what was found.
    public let description: String
}

/// Turns corpus records into facts by running them through the replacement model.
struct PromptReader: Sendable {
    let attributor: Attributor
    let options: IndexingOptions

    /// The record's tokens, with what the tokenizer puts in front of prompts.
    ///
    /// - Throws: `PromptError` when they exceed the model's context, or are fewer than the targets' positions, and when
    ///   one of them or the answer's first is none of the model's.
    func tokens(_ record: CorpusRecord) throws(PromptError) -> [Int] {
        let tokens = attributor.model.tokenizer.encodePrompt(record.text)
        do {
            try attributor.model.check(tokens)
            if !options.activationsOnly { _ = try options.attribution.targetPositions(count: tokens.count) }
        } catch {
            throw PromptError(description: "\(record.place): \(error)")
        }
        let count = attributor.model.configuration.vocabularySize
        if let answer = answerToken(record), answer >= count {
            throw PromptError(
                description: "\(record.place): answer: expected a token below \(count), the rows of the unembedding, "
                    + "found \(answer)")
        }
        return tokens
    }

    /// Everything the atlas keeps of one record.
    func facts(_ record: CorpusRecord) throws -> PromptFacts {
        let tokens = try tokens(record)
        let activations: [ActiveFeature]
        let logits: [Float]
        var graph: SparseGraph?
        if options.activationsOnly {
            let local = try attributor.localReplacementModel(tokens)
            activations = local.activeFeatures
            logits = attributor.model.logits(local.trace, position: tokens.count - 1)
        } else {
            let result = try attributor.attribute(tokens, options: options.attribution)
            activations = result.local.activeFeatures
            logits = result.logits
            graph = SparseGraph(
                result.graph, nodeThreshold: options.nodeThreshold, edgeThreshold: options.edgeThreshold)
        }
        let probabilities = softmax(logits)
        guard let predicted = probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] }),
            probabilities[predicted].isFinite
        else { throw PromptError(description: "\(record.place): the model's logits are not finite") }
        let answer = answerToken(record)
        return PromptFacts(
            text: record.text, tokens: tokens,
            countedTokens: max(0, tokens.count - attributor.model.firstCountedPosition(in: tokens)),
            externalID: record.externalID,
            answer: record.answer, answerToken: answer, answerProbability: answer.map { Double(probabilities[$0]) },
            tags: record.tags, predictedToken: predicted, predictedProbability: Double(probabilities[predicted]),
            activations: activations, graph: graph)
    }

    /// The token that begins the record's answer where it follows the text; `nil` without an answer, and where the two
    /// merge into other tokens.
    func answerToken(_ record: CorpusRecord) -> Int? {
        guard let answer = record.answer else { return nil }
        let tokenizer = attributor.model.tokenizer
        let prompt = tokenizer.encode(record.text)
        let whole = tokenizer.encode(record.text + answer)
        return whole.count > prompt.count && whole.starts(with: prompt) ? whole[prompt.count] : nil
    }
}
