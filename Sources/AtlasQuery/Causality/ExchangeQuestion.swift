import AtlasStore
import Attribution
import Circuits
import Foundation
import GRDB
import LanguageModels
import Synchronization
import Tensors
import Texts

/// Whether a value's own features carry the answer: put another value's in their place, and see what the model says.
extension AtlasReader {
    /// Trials between two reports of progress.
    private static let trialsAtOnce = 64

    static let tagOfPrompt = "SELECT value FROM tags WHERE prompt_id = ? AND name = ? ORDER BY value LIMIT 1"
    static let answerOfPrompt = "SELECT answer_token, predicted_token FROM prompts WHERE id = ?"

    /// Replaces, in prompts of a group, the features of their value of `tag` by those of every other value.
    ///
    /// 1. A value's own features are chosen from the atlas alone: of the features active at the last position of its
    ///    prompts those with the largest mean influence × log(values / values with which the feature is active). A feature
    ///    that is active with every value tells none of them apart and is never chosen.
    /// 2. In each prompt whose answer the model gets right, at the last position, the own features of its value are set to
    ///    0 and those of the other value to their mean activation × `strength`; everything else recomputes.
    /// 3. The answer has moved if the most likely next token is the other value's answer.
    /// 4. As a control the same is done with as many features at random of those active at the last position.
    ///
    /// - Parameters:
    ///   - tag: the tag's name; its values must differ in their answers
    ///   - group: which prompts; those without a graph, the tag or an answer are left out
    ///   - attributor: the atlas's replacement model
    ///   - progress: called with trials done and in all, from the calling thread
    /// - Throws: ``QuestionError`` for a group without prompts, a tag that none of them has, or fewer than two values.
    /// - SeeAlso: Lindsey et al. 2025, "On the Biology of a Large Language Model", two-step reasoning: swapping Texas.
    public func exchange(
        by tag: String, where group: PromptFilter = .all, attributor: Attributor,
        options: ExchangeOptions = ExchangeOptions(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> ExchangeReport {
        let subject = try ask("choosing features to exchange") { db in
            try ExchangeSubject(reader: self, tag: tag, group: group, options: options, db)
        }
        let models = PromptModels(attributor, reader: self)
        let planned = subject.trials(limit: options.trialLimit, seed: options.seed)
        let results = Mutex([Result<ExchangeReport.Trial, any Error>?](repeating: nil, count: planned.count))
        for start in stride(from: 0, to: planned.count, by: Self.trialsAtOnce) {
            let batch = start..<min(start + Self.trialsAtOnce, planned.count)
            inParallel(count: batch.count, jobs: options.jobs) { place in
                let index = batch.lowerBound + place
                let result = Result {
                    try subject.run(planned[index], strength: options.strength, models: models, reader: self)
                }
                results.withLock { $0[index] = result }
            }
            progress(batch.upperBound, planned.count)
        }
        return ExchangeReport(
            tag: tag, promptCount: subject.promptCount, featureLimit: options.featureLimit, strength: options.strength,
            values: subject.values, sameAnswerPairs: subject.sameAnswerPairs, wrongPrompts: subject.wrongPrompts,
            trials: try results.withLock { try $0.compactMap { try $0?.get() } })
    }
}

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
    private(set) var wrongPrompts = 0
    private(set) var values: [ExchangeReport.Value] = []
    /// The prompts of each value that the model gets right, in canonical order, with their tokens.
    private var prompts: [[(id: Int, tokens: [Int])]] = []

    /// What is known of one value before its features are chosen.
    private struct Gathered {
        var prompts: [(id: Int, tokens: [Int])] = []
        var count = 0
        var answer: Int
        /// Sum over its prompts, at the last position.
        var activation: [FeatureID: Double] = [:]
        var influence: [FeatureID: Double] = [:]
    }

    init(reader: AtlasReader, tag: String, group: PromptFilter, options: ExchangeOptions, _ db: Database) throws {
        var gathered: [ExactText: Gathered] = [:]
        let ids = try reader.prompts(where: group, needGraphs: true, db)
        promptCount = ids.count
        for id in ids {
            guard
                let value = try String.fetchOne(db, sql: AtlasReader.tagOfPrompt, arguments: [id, tag])
                    .map({ ExactText($0) }),
                let row = try Row.fetchOne(db, sql: AtlasReader.answerOfPrompt, arguments: [id]),
                let answer: Int = row["answer_token"]
            else { continue }
            let graph = try reader.storedGraph(of: id, db)
            var entry = gathered[value] ?? Gathered(answer: answer)
            guard entry.answer == answer else {
                throw QuestionError.ambiguousAnswer(tag: tag, value: value.string)
            }
            entry.count += 1
            if row["predicted_token"] == answer {
                entry.prompts.append((id, graph.tokens))
            } else {
                wrongPrompts += 1
            }
            for node in graph.nodes {
                guard case .feature(let layer, let position, let index) = node.id, position == graph.tokens.count - 1
                else { continue }
                let feature = FeatureID(layer: layer, index: index)
                entry.activation[feature, default: 0] += Double(node.activation)
                entry.influence[feature, default: 0] += Double(node.influence)
            }
            gathered[value] = entry
        }
        guard gathered.count > 1 else {
            throw QuestionError.nothingToCompare(
                what: "the tag \(tag.debugDescription) in \(group)",
                expected: "two values or more with answers and graphs",
                found: "\(gathered.count)")
        }
        var activeValues: [FeatureID: Int] = [:]
        for entry in gathered.values { for feature in entry.activation.keys { activeValues[feature, default: 0] += 1 } }
        for (value, entry) in gathered.sorted(by: { $0.key < $1.key }) {
            let count = Double(entry.count)
            let scored = entry.influence.map { feature, influence in
                (feature, influence / count * log(Double(gathered.count) / Double(activeValues[feature] ?? 1)))
            }.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            let own = scored.prefix(options.featureLimit).map(\.0)
            var generator = SeededNumbers(seed: options.seed, stream: UInt64(values.count))
            let others = entry.activation.keys.sorted().filter { !own.contains($0) }
            let control = others.shuffled(using: &generator).prefix(own.count).sorted()
            func described(_ features: [FeatureID]) throws -> [ExchangeReport.OwnFeature] {
                try features.map { feature in
                    ExchangeReport.OwnFeature(
                        feature: feature, label: try reader.shownLabel(of: feature, db).label,
                        influence: (entry.influence[feature] ?? 0) / count,
                        activation: (entry.activation[feature] ?? 0) / count, activeValues: activeValues[feature] ?? 0)
                }
            }
            values.append(
                ExchangeReport.Value(
                    value: value.string, promptCount: entry.count, answerToken: entry.answer,
                    answer: reader.text(of: entry.answer), features: try described(own),
                    control: try described(control)))
            prompts.append(entry.prompts)
        }
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

    /// Makes one replacement.
    func run(
        _ trial: PlannedExchange, strength: Double, models: PromptModels, reader: AtlasReader
    ) throws -> ExchangeReport.Trial {
        let prompt = prompts[trial.from][trial.prompt]
        let (from, to) = (values[trial.from], values[trial.to])
        let last = prompt.tokens.count - 1
        let attributor = try models.attributor(prompt: prompt.id, tokenCount: prompt.tokens.count)
        func probabilities(_ interventions: [Intervention]) throws -> [Float] {
            attributor.nextTokenProbabilities(
                try attributor.intervene(prompt.tokens, interventions, mode: .free))
        }
        func exchanging(_ old: [ExchangeReport.OwnFeature], _ new: [ExchangeReport.OwnFeature]) throws -> [Float] {
            var settings = Dictionary(
                uniqueKeysWithValues: old.map { ($0.feature, Intervention.Setting.multiple(0)) })
            for own in new {
                let resting = try attributor.basis.layers[own.feature.layer].restingActivation(
                    of: own.feature.index, position: last)
                settings[own.feature] = .value(resting + Float(strength) * (Float(own.activation) - resting))
            }
            return try probabilities(
                settings.sorted { $0.key < $1.key }.map {
                    Intervention(feature: $0.key, positions: PositionRange(last), setting: $0.value)
                })
        }
        func mostLikely(_ probabilities: [Float]) -> Int {
            probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        }
        func outcome(_ token: Int) -> ExchangeReport.Outcome {
            token == to.answerToken ? .moved : token == from.answerToken ? .stayed : .lost
        }
        let after = try exchanging(from.features, to.features)
        let token = mostLikely(after)
        return ExchangeReport.Trial(
            promptID: prompt.id, from: from.value, to: to.value, token: token, text: reader.text(of: token),
            outcome: outcome(token), control: outcome(mostLikely(try exchanging(from.control, to.control))),
            probabilityBefore: Double(try probabilities([])[to.answerToken]),
            probabilityAfter: Double(after[to.answerToken]))
    }
}
