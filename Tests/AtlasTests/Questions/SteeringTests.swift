import Attribution
import Circuits
import Foundation
import Testing

@testable import AtlasExperiments
@testable import AtlasQuery
@testable import AtlasStore

@Suite("steer")
struct SteeringTests {
    private static func options(_ features: Int = 6) -> SteeringOptions {
        var options = SteeringOptions()
        options.features = features
        options.resamples = 100
        return options
    }

    /// Changes of logits less their mean, and of later features' activations, counted one by one.
    private static func changes(
        _ atlas: TexasAtlas, of feature: FeatureID, in prompt: Int, factor: Float, readout: SteeringOptions.Readout
    ) throws -> (logits: [Double], later: [FeatureID: Double]) {
        let tokens = try atlas.reader.graph(ofPrompt: prompt).tokens
        let places = try atlas.reader.firings(of: feature).filter { $0.promptID == prompt }
        let read = readout == .own ? places.map(\.position) : [tokens.count - 1]
        let before = try atlas.attributor.localReplacementModel(tokens).activeFeatures
        let undisturbed = try atlas.attributor.undisturbed(tokens)
        let steered = try atlas.attributor.intervene(
            tokens,
            places.map {
                Intervention(feature: feature, positions: PositionRange($0.position), setting: .multiple(factor))
            }, mode: .free)
        let model = atlas.attributor.model
        var logits = [Double](repeating: 0, count: model.unembedding.rowCount)
        var later: [FeatureID: Double] = [:]
        for position in read {
            let (old, new) = (
                model.logits(undisturbed, position: position).map(Double.init),
                model.logits(steered.trace, position: position).map(Double.init)
            )
            let mean = (new.reduce(0, +) - old.reduce(0, +)) / Double(new.count)
            for token in new.indices { logits[token] += (new[token] - old[token] - mean) / Double(read.count) }
            for layer in (feature.layer + 1)..<atlas.attributor.basis.layers.count {
                let features = atlas.attributor.basis.layers[layer]
                for active in features.activeFeatures(steered.preActivations[layer], firstPosition: 1)
                where active.position == position {
                    later[FeatureID(layer: layer, index: active.index), default: 0] +=
                        Double(active.activation) / Double(read.count)
                }
            }
            for active in before where active.position == position && active.layer > feature.layer {
                later[active.feature, default: 0] -= Double(active.activation) / Double(read.count)
            }
        }
        return (logits, later)
    }

    @Test(arguments: SteeringOptions.Readout.allCases)
    func `what rises is the mean over prompts of what the model says with the feature stronger`(
        readout: SteeringOptions.Readout
    ) throws {
        let atlas = try TexasAtlas()
        let feature = FeatureID(layer: 1, index: 37)
        var options = Self.options()
        options.factor = 3
        options.readout = readout
        let report = try atlas.reader.steered(feature, attributor: atlas.attributor, options: options, limit: 20)
        let prompts = Set(try atlas.reader.firings(of: feature).map(\.promptID)).sorted()
        #expect(report.promptCount == prompts.count && prompts.count > 1)
        let changes = try prompts.map {
            try Self.changes(atlas, of: feature, in: $0, factor: 3, readout: readout)
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        #expect(report.risingTokens.count == 20 && report.fallingTokens.count == 20)
        for token in report.risingTokens + report.fallingTokens {
            let all = changes.map { $0.logits[token.token] }
            #expect(abs(token.mean - mean(all)) < 1e-4)
            #expect(abs(token.spread * token.spread - mean(all.map { ($0 - mean(all)) * ($0 - mean(all)) })) < 1e-3)
        }
        let highest = (0..<changes[0].logits.count).map { token in mean(changes.map { $0.logits[token] }) }.max()!
        #expect(abs(report.risingTokens[0].mean - highest) < 1e-4)
        #expect(!report.risingFeatures.isEmpty)
        for later in report.risingFeatures + report.fallingFeatures {
            let expected = mean(changes.map { $0.later[later.feature] ?? 0 })
            #expect(abs(later.mean - expected) < 1e-3)
        }
    }

    @Test func `prompts that a feature is tested in are not those that it is learnt from`() throws {
        let atlas = try TexasAtlas()
        let plan = try atlas.reader.ask("planning") { db in try SteeringPlan(Self.options(), atlas.reader, db) }
        #expect(plan.subjects.count == 6 && plan.candidateCount > 6)
        for subject in plan.subjects {
            #expect(subject.learnt.count >= 2 && subject.heldOut.count >= 2)
            #expect(Set(subject.learnt).isDisjoint(with: subject.heldOut))
            let firing = Set(try atlas.reader.firings(of: subject.feature).map(\.promptID))
            #expect(firing.isSuperset(of: subject.learnt + subject.heldOut))
        }
    }

    @Test func `every feature is tested against what steering it does in its held-out prompts`() throws {
        let atlas = try TexasAtlas()
        let options = Self.options()
        var told: [[Int]] = []
        let report = try atlas.reader.steeringReport(attributor: atlas.attributor, options: options, jobs: 2) {
            told.append([$0, $1])
        }
        #expect(Set(told.map { $0[1] }).count == 1 && told.last.map { $0[0] == $0[1] } == true)
        #expect(zip(told, told.dropFirst()).allSatisfy { $0[0] <= $1[0] })
        let plan = try atlas.reader.ask("planning") { db in try SteeringPlan(options, atlas.reader, db) }
        #expect(report.features.map(\.feature) == plan.subjects.map(\.feature))
        for (tested, subject) in zip(report.features, plan.subjects) {
            func mean(_ prompts: [Int]) throws -> [Double] {
                let all = try prompts.map {
                    try Self.changes(atlas, of: subject.feature, in: $0, factor: 2, readout: .own).logits
                }
                return all[0].indices.map { token in all.reduce(0) { $0 + $1[token] } / Double(all.count) }
            }
            let measured = try mean(subject.heldOut)
            #expect(abs(tested.largestRise - measured.max()!) < 1e-4)
            let decoder = atlas.attributor.directLogitWeights(of: [subject.feature]).values.map(Double.init)
            let rise = try #require(RiseQuality(foretold: decoder, measured: measured, risers: options.risers))
            let quality = try #require(tested.tokens[.decoder])
            #expect(abs(quality.area - rise.area) < 2e-3)
            let learnt = try #require(
                RiseQuality(foretold: try mean(subject.learnt), measured: measured, risers: options.risers))
            #expect(abs(try #require(tested.tokens[.measuredElsewhere]).area - learnt.area) < 2e-3)
        }
        let all = try #require(report.results.first { $0.name == "all" && $0.subject == .tokens })
        #expect(all.count == report.features.count - report.silentCount)
    }

    @Test func `the order of the corpus decides nothing`() throws {
        let (one, other) = (try TexasAtlas(), try TexasAtlas(isReversed: true))
        func report(_ atlas: TexasAtlas) throws -> [SteeringReport.Feature] {
            try atlas.reader.steeringReport(attributor: atlas.attributor, options: Self.options(3)).features
        }
        let (first, second) = (try report(one), try report(other))
        #expect(first.map(\.feature) == second.map(\.feature))
        for (left, right) in zip(first, second) {
            #expect(abs(left.largestRise - right.largestRise) < 1e-6)
            #expect(abs(left.tokens[.decoder]!.area - right.tokens[.decoder]!.area) < 1e-6)
        }
    }

    @Test func `a group where no feature fires often enough, and another model, are refused`() throws {
        let atlas = try TexasAtlas()
        var options = Self.options()
        options.group = try #require(PromptFilter("city=Dallas"))
        #expect(throws: QuestionError.self) {
            try atlas.reader.steeringReport(attributor: atlas.attributor, options: options)
        }
        let fixture = try QueryFixture(count: 6)
        #expect(throws: AtlasError.self) { try fixture.reader.steeringReport(attributor: atlas.attributor) }
    }
}

@Suite("what rises most")
struct RiseQualityTests {
    @Test(arguments: 1...8)
    func `the area is the share of pairs in the right order, ties counted half`(seed: Int) throws {
        var generator = SeededNumbers(seed: UInt64(seed))
        let measured = (0..<50).map { _ in Double.random(in: -1..<1, using: &generator) }
        let foretold = measured.map { ($0 * 3).rounded() + Double(Int.random(in: 0..<3, using: &generator)) }
        let quality = try #require(RiseQuality(foretold: foretold, measured: measured, risers: 7))
        let order = measured.indices.sorted { measured[$0] > measured[$1] }
        var right = 0.0
        for rose in order.prefix(7) {
            for other in order.dropFirst(7) {
                right += foretold[rose] > foretold[other] ? 1 : foretold[rose] == foretold[other] ? 0.5 : 0
            }
        }
        #expect(abs(quality.area - right / Double(7 * 43)) < 1e-12)
    }

    @Test func `what is foretold exactly has an area of 1, the reverse of 0, and a constant of a half`() throws {
        let measured = [3.0, 2, 1, -1, -2]
        #expect(try #require(RiseQuality(foretold: measured, measured: measured, risers: 2)).area == 1)
        #expect(try #require(RiseQuality(foretold: measured.map { -$0 }, measured: measured, risers: 2)).area == 0)
        let constant = try #require(RiseQuality(foretold: [1, 1, 1, 1, 1], measured: measured, risers: 2))
        #expect(constant.area == 0.5 && constant.correlation == nil)
    }

    @Test func `only what rose counts, and where nothing or everything rose there is nothing to tell`() throws {
        let one = try #require(RiseQuality(foretold: [1, 0, 0], measured: [1, 0, -1], risers: 2))
        #expect(one.area == 1 && one.shared == 1)
        #expect(RiseQuality(foretold: [1, 2], measured: [0, -1], risers: 1) == nil)
        #expect(RiseQuality(foretold: [1, 2], measured: [1, 2], risers: 10) == nil)
    }
}
