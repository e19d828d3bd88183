import AtlasIndexing
import AtlasStore
import Attribution
import Circuits
import DemoData
import Foundation
import Testing

@testable import AtlasExperiments
@testable import AtlasQuery

/// Exchanging features, on the demo's model and a few of its two-step facts.
struct ExchangeTests {
    private let attributor: Attributor
    private let folder: URL
    private let reader: AtlasReader
    private static let states = ["Texas", "Ohio", "Nevada"]

    init() throws {
        let demo = try DemoData()
        attributor = try Attributor(modelFolder: demo.model, transcoderFolder: demo.transcoders)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lines = try String(contentsOfFile: demo.corpus, encoding: .utf8).split(separator: "\n")
        let chosen = lines.filter { line in
            line.contains("\"two-step\"") && Self.states.contains { line.contains("\"state\": \"\($0)\"") }
        }
        let corpus = folder.appendingPathComponent("corpus.jsonl").path
        try chosen.joined(separator: "\n").write(toFile: corpus, atomically: true, encoding: .utf8)
        let path = folder.appendingPathComponent("exchange.atlas").path
        let indexer = try Indexer(attributor: attributor, atlasPath: path)
        _ = try indexer.index(.file(path: corpus), corpusName: "two-step", options: IndexingOptions(jobs: 2)) { _ in }
        reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
    }

    private func options(_ change: (inout ExchangeOptions) -> Void = { _ in }) -> ExchangeOptions {
        var options = ExchangeOptions()
        options.jobs = 2
        change(&options)
        return options
    }

    @Test(arguments: ExchangeOptions.Positions.allCases, ExchangeOptions.Ranking.allCases)
    func `own features are those of most influence or effect and rarity, recomputed from the graphs`(
        positions: ExchangeOptions.Positions, ranking: ExchangeOptions.Ranking
    ) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try reader.exchange(
            by: "state", attributor: attributor,
            options: options {
                ($0.featureLimit, $0.trialLimit, $0.positions, $0.ranking) = (5, 1, positions, ranking)
            })
        var effects: [String: [FeaturePlace: Double]] = [:]
        for id in try reader.prompts(where: .all) {
            let prompt = try reader.prompt(id)
            let state = try #require(prompt.tags.first { $0.name == "state" }).value
            let graph = try reader.graph(ofPrompt: id)
            for (place, node) in graph.nodes.enumerated() {
                guard case .feature(let layer, let position, let index) = node.id else { continue }
                let before = graph.tokens.count - 1 - position
                guard before == 0 || positions == .all else { continue }
                let feature = FeaturePlace(feature: FeatureID(layer: layer, index: index), tokensBeforeEnd: before)
                let own = try #require(graph.effects)
                let merit =
                    switch ranking {
                    case .influence: node.influence
                    case .logit: own.gradient.answer[place]
                    case .paths: own.total.answer[place]
                    case .gap: own.gradient.gap[place]
                    }
                effects[state, default: [:]][feature, default: 0] += Double(merit)
            }
        }
        #expect(report.values.map(\.value) == Self.states.sorted())
        for value in report.values {
            let scored = effects[value.value]!.map { feature, sum in
                (feature, sum * log(3 / Double(effects.values.count { $0[feature] != nil })))
            }.filter { $0.1 > 0 }
            let best = scored.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(5).map(\.0)
            #expect(value.features.map(\.place) == best)
        }
        let isBeforeEnd = report.values.contains { $0.features.contains { $0.tokensBeforeEnd > 0 } }
        #expect(!isBeforeEnd || positions == .all)
    }

    @Test func `by preference a trial has moved when the other answer is the likelier of the two`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try reader.exchange(
            by: "state", attributor: attributor,
            options: options { ($0.judgement, $0.positions, $0.trialLimit) = (.preferred, .all, 6) })
        #expect(report.trials.count + report.wrongPairs == 6 && !report.trials.isEmpty)
        for trial in report.trials {
            let tokens = try reader.graph(ofPrompt: trial.promptID).tokens
            let from = try #require(report.values.first { $0.value == trial.from })
            let to = try #require(report.values.first { $0.value == trial.to })
            let new = Set(to.features.map(\.place))
            let interventions =
                from.features.filter { !new.contains($0.place) }.map { ($0.place, Float(0)) }
                + to.features.map { ($0.place, Float($0.contribution)) }
            let result = try attributor.intervene(
                tokens,
                interventions.compactMap { place, value in
                    place.position(in: tokens).map { Intervention(feature: place.feature, position: $0, value: value) }
                }, mode: .free)
            let after = attributor.nextTokenProbabilities(result)
            #expect((trial.outcome == .moved) == (after[to.answerToken] > after[from.answerToken]))
            #expect(abs(trial.probabilityAfter - Double(after[to.answerToken])) < 1e-6)
            #expect(trial.outcome != .lost)
        }
    }

    @Test func `a trial says what the model says with the features set`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try reader.exchange(
            by: "state", attributor: attributor, options: options { ($0.strength, $0.trialLimit) = (2, 3) })
        #expect(report.trials.count == 3)
        for trial in report.trials {
            let tokens = try reader.graph(ofPrompt: trial.promptID).tokens
            let from = try #require(report.values.first { $0.value == trial.from })
            let to = try #require(report.values.first { $0.value == trial.to })
            let new = Set(to.features.map(\.feature))
            let interventions =
                from.features.filter { !new.contains($0.feature) }.map {
                    Intervention(feature: $0.feature, position: tokens.count - 1, value: 0)
                }
                + to.features.map {
                    Intervention(feature: $0.feature, position: tokens.count - 1, value: Float(2 * $0.activation))
                }
            let result = try attributor.intervene(tokens, interventions, mode: .free)
            let logits = attributor.model.logits(result.trace, position: tokens.count - 1)
            #expect(trial.token == logits.indices.max { logits[$0] < logits[$1] })
            #expect((trial.outcome == .moved) == (trial.token == to.answerToken))
        }
        #expect(report.moved + report.stayed + report.lost == 3)
    }

    @Test func `a tag without two values has nothing to exchange`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: QuestionError.self) {
            try reader.exchange(by: "state", where: PromptFilter("state=Texas")!, attributor: attributor)
        }
        #expect(throws: QuestionError.self) { try reader.exchange(by: "no such tag", attributor: attributor) }
    }
}
