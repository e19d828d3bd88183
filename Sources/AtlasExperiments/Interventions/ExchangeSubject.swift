import AtlasQuery
import Attribution
import Circuits
import LanguageModels
import Tensors

/// A replacement that is to be tried.
struct PlannedExchange: Equatable {
    /// The prompt.
    var prompt: Int
    /// Its value, and the one put in its place, by their places in the list of values.
    var from: Int
    var to: Int
}

/// The values of a tag, their own features and their prompts.
struct ExchangeSubject {
    let promptCount: Int
    let wrongPrompts: Int
    /// What own features were chosen by.
    let ranking: ExchangeOptions.Ranking
    let values: [ExchangeReport.Value]
    /// The prompts of each value that the model gets right, in canonical order.
    private let prompts: [[ExchangeFacts.Prompt]]

    init(
        _ reader: AtlasReader, models: PromptModels, tag: String, group: PromptFilter, options: ExchangeOptions
    ) throws {
        let facts = try reader.ask("choosing features to exchange") { db in
            try ExchangeFacts(reader, tag: tag, group: group, options: options, db)
        }
        guard facts.values.count > 1 else {
            throw QuestionError.nothingToCompare(
                what: "the tag \(tag.debugDescription) in \(group)",
                expected: "two values or more with answers and graphs", found: "\(facts.values.count)")
        }
        let gathered = try facts.values.map { try GatheredValue($0, models: models) }
        let choice = OwnFeatureChoice(gathered, models: models, options: options)
        values = try reader.ask("labelling features to exchange") { db in
            try zip(facts.values, gathered).enumerated().map { number, pair in
                let (value, sums) = pair
                let (own, control) = choice.features(of: sums, number: number)
                func described(_ places: [FeaturePlace]) throws -> [ExchangeReport.OwnFeature] {
                    try places.map { place in
                        ExchangeReport.OwnFeature(
                            feature: place.feature, tokensBeforeEnd: place.tokensBeforeEnd,
                            label: try reader.shownLabel(of: place.feature, db).label,
                            merit: sums.meanMerit(of: place), influence: sums.meanInfluence(of: place),
                            activation: sums.meanActivation(of: place),
                            contribution: sums.meanContribution(of: place), activeValues: choice.activeValues(of: place)
                        )
                    }
                }
                return ExchangeReport.Value(
                    value: value.name.string, promptCount: value.prompts.count, answerToken: value.answer,
                    answer: reader.text(of: value.answer), features: try described(own),
                    control: try described(control))
            }
        }
        promptCount = facts.promptCount
        ranking = facts.ranking
        prompts = facts.values.map { $0.prompts.filter { $0.isRight || options.judgement == .preferred } }
        wrongPrompts = facts.values.reduce(0) { $0 + $1.prompts.count } - prompts.reduce(0) { $0 + $1.count }
    }

    /// Ordered pairs of values with the same answer.
    var sameAnswerPairs: Int {
        values.indices.reduce(0) { count, from in
            count + values.indices.count { $0 != from && values[$0].answerToken == values[from].answerToken }
        }
    }

    /// All replacements, or a seeded choice of `limit`, in the order of values and prompts.
    func trials(limit: Int, seed: UInt64) -> [PlannedExchange] {
        var all: [PlannedExchange] = []
        for from in values.indices {
            for prompt in prompts[from].indices {
                for to in values.indices where values[to].answerToken != values[from].answerToken {
                    all.append(PlannedExchange(prompt: prompt, from: from, to: to))
                }
            }
        }
        guard all.count > limit else { return all }
        var generator = SeededNumbers(seed: seed)
        return all.indices.shuffled(using: &generator).prefix(limit).sorted().map { all[$0] }
    }

    /// Makes one replacement; `nil` where the model prefers the other answer already.
    func run(
        _ trial: PlannedExchange, _ options: ExchangeOptions, models: PromptModels, reader: AtlasReader
    ) throws -> ExchangeReport.Trial? {
        let prompt = prompts[trial.from][trial.prompt]
        let (from, to) = (values[trial.from], values[trial.to])
        let attributor = try models.attributor(prompt: prompt.id, tokenCount: prompt.tokens.count)
        let undisturbed = try attributor.undisturbed(prompt.tokens)
        func probabilities(_ trace: ForwardTrace) -> [Float] {
            softmax(attributor.model.logits(trace, position: prompt.tokens.count - 1))
        }
        func exchanging(_ old: [ExchangeReport.OwnFeature], _ new: [ExchangeReport.OwnFeature]) throws -> [Float] {
            var settings: [FeaturePlace: Intervention.Setting] = [:]
            for own in old { settings[own.place] = .multiple(0) }
            for own in new {
                guard let position = own.place.position(in: prompt.tokens) else { continue }
                let resting = try attributor.basis.layers[own.feature.layer].restingActivation(
                    of: own.feature.index, position: position)
                settings[own.place] = .value(resting + Float(options.strength * own.contribution))
            }
            let interventions = settings.sorted { $0.key < $1.key }.compactMap { place, setting in
                place.position(in: prompt.tokens).map {
                    Intervention(feature: place.feature, positions: PositionRange($0), setting: setting)
                }
            }
            return probabilities(
                try attributor.intervene(prompt.tokens, interventions, mode: .free, from: undisturbed).trace)
        }
        func mostLikely(_ probabilities: [Float]) -> Int {
            probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        }
        func outcome(_ probabilities: [Float]) -> ExchangeReport.Outcome {
            switch options.judgement {
            case .likeliest:
                let token = mostLikely(probabilities)
                return token == to.answerToken ? .moved : token == from.answerToken ? .stayed : .lost
            case .preferred:
                return probabilities[to.answerToken] > probabilities[from.answerToken] ? .moved : .stayed
            }
        }
        let before = probabilities(undisturbed)
        guard options.judgement == .likeliest || outcome(before) == .stayed else { return nil }
        let after = try exchanging(from.features, to.features)
        let token = mostLikely(after)
        return ExchangeReport.Trial(
            promptID: prompt.id, from: from.value, to: to.value, token: token, text: reader.text(of: token),
            outcome: outcome(after), control: outcome(try exchanging(from.control, to.control)),
            probabilityBefore: Double(before[to.answerToken]),
            probabilityAfter: Double(after[to.answerToken]))
    }
}
