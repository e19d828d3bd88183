import AtlasQuery
import Attribution
import Circuits
import LanguageModels
import Tensors

/// One prompt in which the reasons of heads are tested.
struct HeadTrial {
    struct Prompt: Sendable {
        let id: Int
        let text: String
        let tokens: [Int]
        let answer: Int
    }

    enum Result: Sendable {
        case trial(HeadValidationReport.Trial)
        /// The model's most likely token is not the answer.
        case wrong
        /// No head looks anywhere.
        case noLooks
    }

    /// A score that is tested, and what is taken off it.
    fileprivate struct Look {
        let sources: ScoreSources
        let removed: Float
        let removedAtRandom: Float

        var place: ScorePlace { sources.place }
    }

    private let prompt: Prompt
    private let heads: [HeadID]
    private let attributor: Attributor
    private let options: HeadValidationOptions

    init(_ prompt: Prompt, heads: [HeadID], attributor: Attributor, options: HeadValidationOptions) {
        (self.prompt, self.heads, self.attributor, self.options) = (prompt, heads, attributor, options)
    }

    private var model: LanguageModel { attributor.model }

    func run(reader: AtlasReader) throws -> Result {
        let query = prompt.tokens.count - 1 - options.tokensBeforeEnd
        guard query > 0 else { return .noLooks }
        let undisturbed = try attributor.undisturbed(prompt.tokens)
        let before = answer(undisturbed, reader)
        guard before.token == prompt.answer else { return .wrong }
        let places = places(query: query, undisturbed)
        guard !places.isEmpty else { return .noLooks }
        let local = try attributor.localReplacementModel(prompt.tokens)
        var numbers = SeededNumbers(seed: options.seed, stream: UInt64(prompt.id))
        let looks = try places.map { place in
            let sources = try attributor.scoreSources(place, against: .mean, of: local)
            return Look(
                sources: sources, removed: sources.raisingPairs(options.pairs).reduce(0) { $0 + $1.contribution },
                removedAtRandom: sources.randomPairs(options.pairs, using: &numbers)
                    .reduce(0) { $0 + $1.contribution })
        }
        let withoutPairs = try model.run(prompt.tokens, scoreChanges: looks.map { $0.change(by: -$0.removed) })
        let withoutRandomPairs = try model.run(
            prompt.tokens, scoreChanges: looks.map { $0.change(by: -$0.removedAtRandom) })
        let elsewhere = changesElsewhere(looks, &numbers)
        let otherHeads =
            elsewhere.isEmpty
            ? nil : answer(try model.run(prompt.tokens, scoreChanges: elsewhere), reader)
        let told = try looks.map { look in
            let (own, random) = try knockOuts(look, local, undisturbed, &numbers, reader)
            return HeadValidationReport.Look(
                head: HeadID(layer: look.place.layer, head: look.place.head), query: query, key: look.place.key,
                text: reader.text(of: prompt.tokens[look.place.key]), weight: Double(look.sources.weight),
                score: Double(look.sources.score), removed: Double(look.removed),
                weightWithoutPairs: weight(of: look.place, withoutPairs),
                removedAtRandom: Double(look.removedAtRandom),
                weightWithoutRandomPairs: weight(of: look.place, withoutRandomPairs), knockOut: own,
                randomKnockOut: random)
        }
        return .trial(
            HeadValidationReport.Trial(
                promptID: prompt.id, text: prompt.text, answer: reader.text(of: prompt.answer), looks: told,
                before: before, withoutPairs: answer(withoutPairs, reader),
                withoutRandomPairs: answer(withoutRandomPairs, reader), otherHeads: otherHeads))
    }

    /// Where the heads look from `query`.
    private func places(query: Int, _ trace: ForwardTrace) -> [ScorePlace] {
        let first = model.firstCountedPosition(in: prompt.tokens)
        return heads.flatMap { head -> [ScorePlace] in
            let weights = trace.layers[head.layer].attention.weights(head: head.head, query: query)
            return (0..<query).compactMap { key in
                guard key >= first, Double(weights[key]) >= options.leastWeight else { return nil }
                return ScorePlace(layer: head.layer, head: head.head, query: query, key: key)
            }
        }
    }

    /// The share of the query's attention that the key has.
    private func weight(of place: ScorePlace, _ trace: ForwardTrace) -> Double {
        Double(trace.layers[place.layer].attention.weights(head: place.head, query: place.query)[place.key])
    }

    /// What the model says in a run.
    private func answer(_ trace: ForwardTrace, _ reader: AtlasReader) -> HeadValidationReport.Answer {
        let logits = model.logits(trace, position: prompt.tokens.count - 1)
        let token = logits.indices.max { (logits[$0], $1) < (logits[$1], $0) } ?? 0
        let rival = logits.indices.lazy.filter { $0 != prompt.answer }.map { logits[$0] }.max() ?? 0
        return HeadValidationReport.Answer(
            token: token, text: reader.text(of: token), probability: Double(softmax(logits)[prompt.answer]),
            gap: Double(logits[prompt.answer] - rival))
    }

    /// As much as each look loses taken off the same position's score of a head that is not tested.
    private func changesElsewhere(_ looks: [Look], _ numbers: inout SeededNumbers) -> [ScoreChange] {
        let configuration = model.configuration
        let others = (0..<configuration.layerCount).flatMap { layer in
            (0..<configuration.headCount).map { HeadID(layer: layer, head: $0) }
        }.filter { !heads.contains($0) }
        return looks.compactMap { look in
            let reaching = others.filter {
                model.blocks[$0.layer].attention.firstKey(ofQuery: look.place.query) <= look.place.key
            }
            guard !reaching.isEmpty else { return nil }
            let head = reaching[numbers.below(reaching.count)]
            return ScoreChange(
                layer: head.layer, head: head.head, query: look.place.query, key: look.place.key, amount: -look.removed)
        }
    }

    /// The attention without the key-side feature that raises the score most, and without a random one beside it.
    private func knockOuts(
        _ look: Look, _ local: LocalReplacementModel, _ undisturbed: ForwardTrace, _ numbers: inout SeededNumbers,
        _ reader: AtlasReader
    ) throws -> (own: HeadValidationReport.KnockOut?, random: HeadValidationReport.KnockOut?) {
        let named = look.sources.keySources(100).first { $0.node.feature != nil && $0.contribution > 0 }
        guard case .feature(let layer, let position, let index)? = named?.node else { return (nil, nil) }
        let feature = FeatureID(layer: layer, index: index)
        // Sorted by layer, position, index: the draw is the same on every machine.
        let others = local.activeFeatures.filter {
            $0.layer < look.place.layer && $0.position == position && $0.feature != feature
        }
        func without(_ feature: FeatureID) throws -> HeadValidationReport.KnockOut {
            let result = try attributor.intervene(
                prompt.tokens, [.silencing(feature, at: PositionRange(position))], mode: .free, from: undisturbed)
            return HeadValidationReport.KnockOut(
                feature: feature,
                label: try reader.ask("reading a label") { try reader.shownLabel(of: feature, $0).label },
                position: position, weight: weight(of: look.place, result.trace))
        }
        let random = others.isEmpty ? nil : others[numbers.below(others.count)].feature
        return (try without(feature), try random.map(without))
    }
}

extension HeadTrial.Look {
    /// Something added to its score.
    fileprivate func change(by amount: Float) -> ScoreChange {
        ScoreChange(
            layer: place.layer, head: place.head, query: place.query, key: place.key, amount: amount)
    }
}
