import Attribution
import Circuits
import Foundation
import Testing

@testable import AtlasExperiments
@testable import AtlasQuery
@testable import AtlasStore

@Suite("validate")
struct ValidationTests {
    private static func options(_ interventions: Int) -> ValidationOptions {
        var options = ValidationOptions()
        options.interventions = interventions
        options.circuit.size = 12
        return options
    }

    @Test func `the prediction is the sum over paths through the circuit of the fitted prompts' edges`() throws {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        let report = try atlas.reader.validate(
            tokens: [token], attributor: atlas.attributor, options: Self.options(12))
        let plan = try atlas.reader.ask("planning") { db in
            try #require(try ValidationPlan(token: token, options: Self.options(12), atlas.reader, db))
        }
        let fitted = plan.fitted.map(\.id)
        #expect(report.circuits.first?.fittedPrompts == fitted.count && fitted.count >= 2)
        #expect(Set(fitted).isDisjoint(with: report.trials.map(\.prompt)))

        var weights: [PlainOracle.Pair: Double] = [:]
        for prompt in fitted {
            let graph = try atlas.reader.graph(ofPrompt: prompt)
            let keys = graph.nodes.map { NodeKey($0.id, tokens: graph.tokens, targets: graph.targets)! }
            for edge in graph.edges {
                weights[.init(target: keys[edge.target], source: keys[edge.source]), default: 0] += Double(edge.weight)
            }
        }
        func activation(_ feature: FeatureID, in prompts: [Int]) throws -> Double {
            try atlas.reader.firings(of: feature).filter { prompts.contains($0.promptID) }
                .reduce(0) { $0 + $1.activation }
        }
        func effect(_ feature: FeatureID) throws -> Double {
            let sum = try activation(feature, in: fitted)
            guard sum > 0 else { return 0 }
            var total = (weights[.init(target: NodeKey(logit: token), source: NodeKey(feature))] ?? 0) / sum
            for next in plan.features where next.layer > feature.layer {
                guard let weight = weights[.init(target: NodeKey(next), source: NodeKey(feature))] else { continue }
                total += weight / sum * (try effect(next))
            }
            return total
        }
        #expect(report.trials.count == 12)
        for trial in report.trials {
            let activation = try activation(trial.feature, in: [trial.prompt])
            let expected = -activation * (try effect(trial.feature))
            let predicted = try #require(trial.predictedLogit[.circuit])
            #expect(abs(predicted - expected) < 1e-5 * max(1, abs(expected)))
            #expect(trial.predictedGap[.circuit] == predicted)
            #expect(abs(trial.contribution - activation) < 1e-5 * activation)
        }
    }

    @Test func `a prompt's own predictions are its stored effects, with the sign turned`() throws {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        var told: [[Int]] = []
        let report = try atlas.reader.validate(
            tokens: [token], attributor: atlas.attributor, options: Self.options(12),
            progress: { told.append([$0, $1]) })
        #expect(Set(told.map { $0[1] }).count == 1 && told.last.map { $0[0] == $0[1] } == true)
        #expect(report.promptsWithoutEffects == 0 && report.trials.contains(where: \.isAnswer))
        for trial in report.trials {
            let graph = try atlas.reader.graph(ofPrompt: trial.prompt)
            let effects = try #require(graph.effects)
            let places = graph.nodes.indices.filter { graph.nodes[$0].id.feature == trial.feature }
            func sum(_ row: [Float]) -> Double { -places.reduce(0) { $0 + Double(row[$1]) } }
            #expect(trial.isAnswer == (effects.answer == token))
            #expect(trial.predictedGap[.gradient] == (trial.isAnswer ? sum(effects.gradient.gap) : nil))
            #expect(trial.predictedGap[.graph] == (trial.isAnswer ? sum(effects.total.gap) : nil))
            let target = try #require(graph.targets.firstIndex { $0.token == token })
            #expect(trial.predictedLogit[.gradient] == sum(effects.gradient.targets[target]))
            #expect(trial.predictedLogit[.graph] == sum(effects.total.targets[target]))
            let influence = places.reduce(0) { $0 + Double(graph.nodes[$1].influence) }
            #expect(abs(trial.influence - influence) < 1e-9)
        }
    }

    @Test func `what a feature did elsewhere is the mean over fitted prompts, those where it fires alike first`() throws
    {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        var options = Self.options(6)
        options.measuredPrompts = 3
        let report = try atlas.reader.validate(tokens: [token], attributor: atlas.attributor, options: options)
        let plan = try atlas.reader.ask("planning") { db in
            try #require(try ValidationPlan(token: token, options: options, atlas.reader, db))
        }
        for trial in report.trials {
            func places(_ prompt: Int, _ count: Int) throws -> [Int] {
                try atlas.reader.firings(of: trial.feature).filter { $0.promptID == prompt }.map { count - $0.position }
            }
            let own = try places(trial.prompt, atlas.reader.graph(ofPrompt: trial.prompt).tokens.count)
            let firing = plan.fitted.filter { $0.firings[trial.feature] != nil }
            let alike = try firing.filter { try places($0.id, $0.tokens.count) == own }
            let prompts = (alike.isEmpty ? firing : alike).prefix(3)
            let contributions = prompts.map { $0.firings[trial.feature]!.activation }
            let changes = try prompts.map { prompt in
                let positions = prompt.firings[trial.feature]!.positions
                return try Self.logitLessMean(
                    atlas.attributor, prompt.tokens, token,
                    positions.map { Intervention(feature: trial.feature, position: $0, value: 0) })
                    - Self.logitLessMean(atlas.attributor, prompt.tokens, token, [])
            }
            let mean = changes.isEmpty ? nil : changes.reduce(0, +) / Double(changes.count)
            #expect((trial.predictedLogit[.measuredElsewhere] == nil) == (mean == nil))
            if let mean, let predicted = trial.predictedLogit[.measuredElsewhere] {
                #expect(abs(predicted - mean) < 1e-4)
                let slope =
                    zip(changes, contributions).reduce(0) { $0 + $1.0 * $1.1 }
                    / contributions.reduce(0) { $0 + $1 * $1 }
                let perUnit = try #require(trial.predictedLogit[.measuredPerUnit])
                #expect(abs(perUnit - slope * trial.contribution) < 1e-3)
            }
        }
        #expect(report.trials.contains { $0.predictedLogit[.measuredElsewhere] != nil })
    }

    private static func logitLessMean(
        _ attributor: Attributor, _ tokens: [Int], _ token: Int, _ interventions: [Intervention]
    ) throws -> Double {
        let trace = try attributor.intervene(tokens, interventions, mode: .attentionFrozen).trace
        let logits = attributor.model.logits(trace, position: tokens.count - 1).map(Double.init)
        return logits[token] - logits.reduce(0, +) / Double(logits.count)
    }

    @Test func `what is measured is what the model says with the feature silenced, or a part of it taken away`() throws
    {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        let model = atlas.attributor.model
        for share in [1, 0.25] {
            var options = Self.options(4)
            options.ablation = share
            let report = try atlas.reader.validate(tokens: [token], attributor: atlas.attributor, options: options)
            for trial in report.trials {
                let tokens = try atlas.reader.graph(ofPrompt: trial.prompt).tokens
                let firings = try atlas.reader.firings(of: trial.feature).filter { $0.promptID == trial.prompt }
                func logits(_ interventions: [Intervention], _ mode: InterventionMode) throws -> [Double] {
                    let trace = try atlas.attributor.intervene(tokens, interventions, mode: mode).trace
                    return model.logits(trace, position: tokens.count - 1).map(Double.init)
                }
                let before = try logits([], .free)
                let rival = before.indices.filter { $0 != token }.max { before[$0] < before[$1] }!
                let silenced = firings.map {
                    Intervention(
                        feature: trial.feature, positions: PositionRange($0.position),
                        setting: .multiple(Float(1 - share)))
                }
                for (mode, measured) in zip([InterventionMode.attentionFrozen, .normsFrozen, .free], trial.measured) {
                    let after = try logits(silenced, mode)
                    func logProbabilities(_ logits: [Double]) -> [Double] {
                        let total = log(logits.reduce(0) { $0 + exp($1) })
                        return logits.map { $0 - total }
                    }
                    func mean(_ logits: [Double]) -> Double { logits.reduce(0, +) / Double(logits.count) }
                    let (old, new) = (logProbabilities(before), logProbabilities(after))
                    #expect(abs(measured.gap - (after[token] - after[rival] - before[token] + before[rival])) < 1e-5)
                    #expect(abs(measured.logit - (after[token] - mean(after) - before[token] + mean(before))) < 1e-4)
                    #expect(abs(measured.logProbability - (new[token] - old[token])) < 1e-5)
                    let divergence = zip(old, new).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
                    #expect(abs(measured.divergence - divergence) < 1e-6)
                }
            }
        }
    }

    @Test func `with norms held their denominators stay and MLPs still recompute`() throws {
        let atlas = try TexasAtlas()
        let tokens = try atlas.reader.graph(ofPrompt: try #require(try atlas.reader.prompts(where: .all).first)).tokens
        let local = try atlas.attributor.localReplacementModel(tokens)
        let strongest = try #require(local.activeFeatures.max { $0.activation < $1.activation })
        let silenced = Intervention(feature: strongest.feature, position: strongest.position, value: 0)
        let runs = try [InterventionMode.attentionFrozen, .normsFrozen, .frozen].map { mode in
            try atlas.attributor.intervene(tokens, [silenced], mode: mode).trace
        }
        let undisturbed = try atlas.attributor.undisturbed(tokens)
        #expect(runs[1].finalDenominators == undisturbed.finalDenominators)
        #expect(runs[0].finalDenominators != undisturbed.finalDenominators)
        #expect(runs[1].layers.last?.mlpOutput != runs[2].layers.last?.mlpOutput)
    }

    @Test func `a matched feature is outside of the circuit and fires most nearly as strongly`() throws {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        let plan = try atlas.reader.ask("planning") { db in
            try #require(try ValidationPlan(token: token, options: Self.options(12), atlas.reader, db))
        }
        for trial in plan.trials {
            let matched = try #require(trial.matched)
            #expect(!plan.features.contains(matched.feature))
            var sums: [FeatureID: Double] = [:]
            for active in try atlas.attributor.localReplacementModel(trial.tokens).activeFeatures {
                sums[active.feature, default: 0] += Double(active.activation)
            }
            let nearest = sums.filter { !plan.features.contains($0.key) }
                .map { abs($0.value - trial.silenced.activation) }.min()!
            #expect(abs(abs(matched.activation - trial.silenced.activation) - nearest) < 1e-2)
        }
    }

    @Test func `the order of the corpus decides neither split nor predictions`() throws {
        let (one, other) = (try TexasAtlas(), try TexasAtlas(isReversed: true))
        let token = try one.reader.token(" Austin")
        func trials(_ atlas: TexasAtlas) throws -> [ValidationReport.Trial] {
            try atlas.reader.validate(tokens: [token], attributor: atlas.attributor, options: Self.options(6)).trials
        }
        let (first, second) = (try trials(one), try trials(other))
        #expect(first.map(\.feature) == second.map(\.feature))
        #expect(first.map(\.predictedGap) == second.map(\.predictedGap))
        #expect(first.map(\.measured) == second.map(\.measured))
    }

    @Test func `another model is refused`() throws {
        let fixture = try QueryFixture(count: 6)
        let atlas = try TexasAtlas()
        #expect(throws: AtlasError.self) { try fixture.reader.validate(tokens: [3], attributor: atlas.attributor) }
    }

    @Test(arguments: 1...5)
    func `Spearman's correlation is Pearson's of ranks counted one by one`(seed: Int) throws {
        var generator = SeededNumbers(seed: UInt64(seed))
        let left = (0..<40).map { _ in Double(Int.random(in: 0..<12, using: &generator)) }
        let right = (0..<40).map { Double(Int.random(in: 0..<6, using: &generator)) + left[$0] / 4 }
        func rank(_ value: Double, in values: [Double]) -> Double {
            Double(values.count { $0 < value }) + Double(values.count { $0 == value } + 1) / 2
        }
        func deviations(_ values: [Double]) -> [Double] { values.map { rank($0, in: values) - 20.5 } }
        func product(_ first: [Double], _ second: [Double]) -> Double {
            zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (first, second) = (deviations(left), deviations(right))
        let expected = product(first, second) / (product(first, first) * product(second, second)).squareRoot()
        #expect(abs(try #require(RankCorrelation.spearman(left, right)) - expected) < 1e-12)
    }

    @Test func `a list of equals has no rank correlation`() {
        #expect(RankCorrelation.spearman([1, 2, 3], [4, 4, 4]) == nil)
        #expect(RankCorrelation.spearman([1], [2]) == nil)
    }
}
