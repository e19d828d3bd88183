import Attribution
import Circuits
import LanguageModels
import Tensors

/// Neurons that a model's agreement between subject and verb is said to run through, tried on sentences held out.
///
/// - SeeAlso: Marks et al. 2024, "Sparse Feature Circuits": faithfulness and completeness.
struct AgreementCircuit: Sendable {
    /// What a neuron at rest holds.
    enum Rest: String, Codable, CaseIterable, Sendable {
        /// The mean over the fitted sentences of the kind, of both numbers, position by position.
        case group
        /// What it holds in the sentence's partner, in the other number.
        case pair
    }

    /// What one sentence gives: the right verb's logit less the wrong one's.
    struct Outcome: Sendable {
        var whole: Double
        /// By sizes of the circuit: with all other neurons at rest, and with its own at rest.
        var keeping: [Double] = []
        var silencing: [Double] = []
        /// The same for neurons at random, by the sizes that were asked for.
        var keepingRandom: [Double] = []
        var silencingRandom: [Double] = []
    }

    private let sentences: AgreementSentences
    private let attributor: Attributor
    private let groupMean: NeuronBaseline
    private let rest: Rest
    private let jobs: Int
    /// Largest mean effect first.
    private let ranked: [ActiveFeature]
    private let random: [ActiveFeature]

    /// Chooses neurons, each at its position, by their mean total effect over the fitted sentences.
    ///
    /// - Parameter count: the most neurons that are wanted
    init(_ sentences: AgreementSentences, model: LanguageModel, rest: Rest, count: Int, jobs: Int) throws {
        self.sentences = sentences
        self.rest = rest
        self.jobs = jobs
        attributor = try Attributor(
            model: model, neurons: NeuronOptions(maximumNeurons: 1, baseline: rest == .group ? .group : .pair))
        var mean = NeuronMean(.byPosition)
        for sentence in sentences.fitted { try mean.add(model.neuronActivations(sentence.tokens)) }
        groupMean = mean.baseline ?? .zero
        let effects = try Self.overSentences(sentences.fitted, jobs: jobs) { [attributor, groupMean] sentence in
            let vector = zip(model.unembedding.row(sentence.right), model.unembedding.row(sentence.wrong)).map {
                $0 - $1
            }
            let own = try attributor.measuring(
                from: Self.baseline(rest, of: sentence, sentences, groupMean: groupMean, model: model))
            return try own.neuronEffects(
                sentence.tokens,
                options: AttributionOptions(targets: [.direction(name: "right less wrong", vector: vector)]))
        }
        var sum = effects[0]
        for other in effects.dropFirst() { for layer in sum.indices { sum[layer].add(other[layer]) } }
        let first = model.firstCountedPosition(in: sentences.fitted[0].tokens)
        var all: [(place: ActiveFeature, effect: Float)] = []
        for (layer, matrix) in sum.enumerated() {
            for position in first..<matrix.rowCount {
                for index in 0..<matrix.columnCount where matrix[position, index] > 0 {
                    all.append(
                        (
                            ActiveFeature(layer: layer, position: position, index: index, activation: 0),
                            matrix[position, index]
                        ))
                }
            }
        }
        all.sort {
            ($1.effect, $0.place.layer, $0.place.position, $0.place.index)
                < ($0.effect, $1.place.layer, $1.place.position, $1.place.index)
        }
        ranked = all.prefix(count).map(\.place)
        var numbers = SeededNumbers(seed: 1, stream: 1)
        random = all.map(\.place).shuffled(using: &numbers).prefix(count).map { $0 }
    }

    /// Tries the first `sizes` neurons on every sentence held out, and as many of `randomSizes` at random.
    func outcomes(sizes: [Int], randomSizes: [Int], progress: @Sendable @escaping () -> Void) throws -> [Outcome] {
        let model = attributor.model
        return try Self.overSentences(sentences.heldOut, jobs: jobs) { sentence in
            let own = try attributor.measuring(
                from: Self.baseline(rest, of: sentence, sentences, groupMean: groupMean, model: model))
            func difference(_ trace: ForwardTrace) -> Double {
                let logits = model.logits(trace, position: sentence.tokens.count - 1)
                return Double(logits[sentence.right] - logits[sentence.wrong])
            }
            func keeping(_ neurons: ArraySlice<ActiveFeature>) throws -> Double {
                difference(
                    try ReplacementRun(
                        sentence.tokens, model: model, neurons: own.basis.neurons!, keeping: Array(neurons),
                        firstCountedPosition: model.firstCountedPosition(in: sentence.tokens)
                    ).trace)
            }
            func silencing(_ neurons: ArraySlice<ActiveFeature>) throws -> Double {
                let silenced = neurons.map {
                    Intervention.silencing(
                        FeatureID(layer: $0.layer, index: $0.index), at: PositionRange($0.position))
                }
                return difference(try own.intervene(sentence.tokens, silenced, mode: .free).trace)
            }
            var outcome = Outcome(whole: difference(try model.run(sentence.tokens)))
            for size in sizes {
                outcome.keeping.append(try keeping(ranked.prefix(size)))
                outcome.silencing.append(size == 0 ? outcome.whole : try silencing(ranked.prefix(size)))
            }
            for size in randomSizes {
                outcome.keepingRandom.append(try keeping(random.prefix(size)))
                outcome.silencingRandom.append(try silencing(random.prefix(size)))
            }
            progress()
            return outcome
        }
    }

    private static func baseline(
        _ rest: Rest, of sentence: AgreementSentence, _ sentences: AgreementSentences, groupMean: NeuronBaseline,
        model: LanguageModel
    ) throws -> NeuronBaseline {
        switch rest {
        case .group: groupMean
        case .pair: .byPosition(try model.neuronActivations(sentences.partner(of: sentence).tokens))
        }
    }

    private static func overSentences<Value: Sendable>(
        _ sentences: [AgreementSentence], jobs: Int, _ body: @Sendable (AgreementSentence) throws -> Value
    ) throws -> [Value] {
        try mapInParallel(count: sentences.count, jobs: jobs) { try body(sentences[$0]) }
    }

    /// How many neurons of the first `size` each layer and each position has.
    func places(of size: Int) -> (byLayer: [Int], byPosition: [Int]) {
        var byLayer = [Int](repeating: 0, count: attributor.model.configuration.layerCount)
        var byPosition = [Int](repeating: 0, count: sentences.fitted[0].tokens.count)
        for neuron in ranked.prefix(size) {
            byLayer[neuron.layer] += 1
            byPosition[neuron.position] += 1
        }
        return (byLayer, byPosition)
    }
}
