import Attribution
import Circuits
import Testing

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
        #expect(report.circuits.first?.fittedPrompts == plan.fitted.count && plan.fitted.count >= 2)
        #expect(Set(plan.fitted).isDisjoint(with: report.trials.map(\.prompt)))

        var weights: [PlainOracle.Pair: Double] = [:]
        for prompt in plan.fitted {
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
            let sum = try activation(feature, in: plan.fitted)
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
            let expected = -(try activation(trial.feature, in: [trial.prompt])) * (try effect(trial.feature))
            #expect(abs(trial.predicted - expected) < 1e-9 * max(1, abs(expected)))
        }
    }

    @Test func `the measurement is the change of the logit less the mean when the feature is silenced`() throws {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        let report = try atlas.reader.validate(tokens: [token], attributor: atlas.attributor, options: Self.options(4))
        let model = atlas.attributor.model
        for trial in report.trials {
            let tokens = try atlas.reader.graph(ofPrompt: trial.prompt).tokens
            let positions = try atlas.reader.firings(of: trial.feature).filter { $0.promptID == trial.prompt }
                .map(\.position)
            func value(_ interventions: [Intervention], _ mode: InterventionMode) throws -> Double {
                let trace = try atlas.attributor.intervene(tokens, interventions, mode: mode).trace
                let logits = model.linearLogits(trace, position: tokens.count - 1).map(Double.init)
                return logits[token] - logits.reduce(0, +) / Double(logits.count)
            }
            let silenced = positions.map { Intervention(feature: trial.feature, position: $0, value: 0) }
            for (mode, measured) in zip([InterventionMode.attentionFrozen, .free], trial.measured) {
                let expected = try value(silenced, mode) - value([], .free)
                #expect(abs(measured - expected) < 1e-4)
            }
        }
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
        #expect(first.map(\.predicted) == second.map(\.predicted))
        #expect(first.map(\.measured) == second.map(\.measured))
    }

    @Test func `another model is refused`() throws {
        let fixture = try QueryFixture(count: 6)
        let atlas = try TexasAtlas()
        #expect(throws: AtlasError.self) { try fixture.reader.validate(tokens: [3], attributor: atlas.attributor) }
    }

    @Test(arguments: 1...5)
    func `Spearman's correlation is Pearson's of ranks counted one by one`(seed: Int) throws {
        var generator = SeededGenerator(UInt64(seed))
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
