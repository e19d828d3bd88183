import AtlasBasis
import AtlasStore
import Attribution
import Circuits
import Foundation
import Tensors
import Texts

/// A prompt for which the replacement model has no answer.
public struct PromptError: Error, CustomStringConvertible, Sendable {
    /// One line: the place in the corpus, what was expected, what was found.
    public let description: String
}

/// Turns corpus records into facts by running them through the replacement model.
struct PromptReader: Sendable {
    let attributor: Attributor
    let options: IndexingOptions
    /// What neurons of each prompt are measured from; nil before an atlas is open.
    var baselines: PromptBaselines?
    /// The sizes of what neurons write, by which the strongest are chosen; nil where none are stored beside the nodes.
    var writes: NeuronWriteSizes?

    /// A record's tokens as the model reads them.
    struct Reading {
        /// What the tokenizer puts in front, and what follows.
        let tokens: [Int]
        /// How many tokens the whole text has.
        let wholeCount: Int
        /// The token that begins the record's answer where it follows the text; `nil` without an answer, where the two merge
        /// into other tokens, and where the text is cut.
        let answerToken: Int?
        /// Whether the text goes on behind them.
        var isCut: Bool { wholeCount > tokens.count }
    }

    /// The record's tokens with what the tokenizer puts in front, cut to the model's context where that was asked for.
    ///
    /// - Throws: `CorpusError` when there are none, they exceed the context, one of them or the answer's first is none of
    ///   the model's, they are fewer than the targets' positions, or would take more memory than they may.
    func read(_ record: CorpusRecord) throws(CorpusError) -> Reading {
        func fault(_ expected: String, _ found: String, _ advice: String? = nil) -> CorpusError {
            CorpusError(file: record.place, expected: expected, found: found, advice: advice)
        }
        let configuration = attributor.model.configuration
        let ids = attributor.model.tokenizer.encode(record.text)
        let answer = answerToken(record, after: ids)
        var tokens = attributor.model.tokenizer.prompt(ids)
        let wholeCount = tokens.count
        guard !tokens.isEmpty else { throw fault("a text of at least one token", "none") }
        if wholeCount > configuration.contextLength {
            guard options.truncation == .keepsBeginning else {
                throw fault(
                    "at most \(configuration.contextLength) tokens (the model's context)", "\(wholeCount)",
                    "skip it or cut it (--skip-malformed, --truncate)")
            }
            tokens.removeLast(wholeCount - configuration.contextLength)
            guard record.tags[ExactText(PromptTruncation.tag)] == nil else {
                throw fault(
                    "no tag `\(PromptTruncation.tag)` on a text that is cut, which sets it", "one", "rename the tag")
            }
        }
        if let odd = tokens.first(where: { !(0..<configuration.vocabularySize).contains($0) }) {
            throw fault(
                "tokens below \(configuration.vocabularySize), which the model has an embedding for",
                "\(odd), \(CorpusExcerpt(attributor.model.tokenizer.text(of: odd)))")
        }
        if let odd = answer, odd >= configuration.vocabularySize {
            throw fault(
                "an answer that begins with a token below \(configuration.vocabularySize), the rows of the unembedding",
                "\(odd), \(CorpusExcerpt(attributor.model.tokenizer.text(of: odd)))")
        }
        if !options.activationsOnly {
            do {
                _ = try options.attribution.targetPositions(count: tokens.count)
            } catch {
                throw CorpusError(
                    file: record.place, expected: "a token at each target position",
                    found: "\(tokens.count) tokens (\(error))")
            }
        }
        do {
            _ = try attributor.memory(
                forTokens: tokens.count, options: options.activationsOnly ? nil : options.attribution, jobs: 1)
        } catch {
            throw fault(error.expected, error.found, error.advice)
        }
        return Reading(
            tokens: tokens, wholeCount: wholeCount, answerToken: wholeCount > tokens.count ? nil : answer)
    }

    /// Everything the atlas keeps of one record; without its graph where that is there already.
    func facts(_ record: CorpusRecord, withGraph: Bool = true) throws -> PromptFacts {
        let reading = try read(record)
        let tokens = reading.tokens
        let key = baselineKey(record, tokenCount: tokens.count)
        let attributor = try baselines?.attributor(group: key.group.string, tokenCount: key.tokenCount) ?? attributor
        let activations: [ActiveFeature]
        let logits: [Float]
        var graph: SparseGraph?
        let answer = reading.answerToken
        if options.activationsOnly || !withGraph {
            let local = try attributor.localReplacementModel(tokens)
            activations = recorded(local)
            logits = attributor.model.logits(local.trace, position: tokens.count - 1)
        } else {
            let result = try attributor.attribute(tokens, options: options.attribution)
            activations = recorded(result.local)
            logits = result.logits
            var pruned = SparseGraph(
                result.graph, nodeThreshold: options.nodeThreshold, edgeThreshold: options.edgeThreshold)
            if options.effects {
                try attributor.model.requireFinite(logits: logits)
                pruned.effects = try attributor.effects(
                    ofNodesIn: pruned, of: result, answer: answer, measured: options.measuredNodes)
            }
            if options.heads {
                pruned.heads = try HeadLoadings(attributor, result).mainHeads(ofEdgesIn: pruned)
            }
            graph = pruned
        }
        try attributor.model.requireFinite(logits: logits)
        let probabilities = softmax(logits)
        guard let predicted = probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] }) else {
            throw PromptError(description: "\(record.place): the model has no tokens")
        }
        var tags = record.tags
        if reading.isCut {
            tags[ExactText(PromptTruncation.tag)] = "\(tokens.count) of \(reading.wholeCount) tokens"
        }
        return PromptFacts(
            text: record.text, tokens: tokens,
            countedTokens: max(0, tokens.count - attributor.model.firstCountedPosition(in: tokens)),
            externalID: record.externalID,
            answer: record.answer, answerToken: answer, answerProbability: answer.map { Double(probabilities[$0]) },
            tags: tags, predictedToken: predicted, predictedProbability: Double(probabilities[predicted]),
            activations: activations, graph: graph)
    }

    /// The prompts that a record's are like.
    func baselineKey(_ record: CorpusRecord, tokenCount: Int) -> StoredBaseline.Key {
        let tag = attributor.basis.neurons?.options.groupTag
        return StoredBaseline.Key(
            group: tag.flatMap { record.tags[ExactText($0)] } ?? "", tokenCount: tokenCount)
    }

    /// What is stored of what fires: every active feature of transcoders; of neurons the nodes, and the strongest of each
    /// token and layer.
    private func recorded(_ local: LocalReplacementModel) -> [ActiveFeature] {
        writes.map { $0.recorded(local, strongest: options.strongestNeurons) } ?? local.activeFeatures
    }

    /// The first of the tokens that a record's answer adds to those of its text.
    private func answerToken(_ record: CorpusRecord, after prompt: [Int]) -> Int? {
        guard let answer = record.answer else { return nil }
        let whole = attributor.model.tokenizer.encode(record.text + answer)
        return whole.count > prompt.count && whole.starts(with: prompt) ? whole[prompt.count] : nil
    }
}
