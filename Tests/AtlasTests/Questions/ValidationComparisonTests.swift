import Circuits
import Testing

@testable import AtlasExperiments
@testable import AtlasQuery

@Suite("comparison of predictions with measurements")
struct ValidationComparisonTests {
    /// Trials of 40 prompts in two groups, five features each; `gradient` predicts by the rule that is given.
    private static func trials(
        isAnswer: Bool = true, _ predicted: (_ change: Double, _ group: Int, inout SeededNumbers) -> Double
    ) -> [ValidationReport.Trial] {
        var generator = SeededNumbers(seed: 7)
        return (0..<40).flatMap { prompt in
            (0..<5).map { index in
                let change = Double.random(in: -1..<1, using: &generator)
                let guess = predicted(change, prompt % 2, &generator)
                let measured = ValidationReport.Change(
                    gap: change, logit: change / 2, logProbability: change / 3, divergence: change * change)
                return ValidationReport.Trial(
                    token: 1, prompt: prompt, group: "group \(prompt % 2)", isAnswer: isAnswer,
                    feature: FeatureID(layer: 0, index: index), contribution: 1, influence: Double(prompt * 5 + index),
                    predictedGap: [.gradient: guess], predictedLogit: [.gradient: guess / 2], measured: [measured],
                    matched: nil, matchedLogit: nil)
            }
        }
    }

    private static var options: ValidationOptions {
        var options = ValidationOptions()
        options.modes = [.attentionFrozen]
        options.readouts = [.gap]
        options.resamples = 400
        return options
    }

    @Test func `a perfect prediction has correlation 1 in every group, stratum and readout`() throws {
        let comparison = ValidationComparison(Self.trials { change, _, _ in change }, options: Self.options)
        #expect(comparison.results.map(\.name) == ["group 0", "group 1", "all"])
        #expect(comparison.results.map(\.count) == [100, 100, 200])
        #expect(comparison.strata.map(\.count) == [50, 50, 50, 50])
        for result in comparison.results + comparison.strata + comparison.alternatives {
            let quality = try #require(result.predictors[.gradient])
            #expect(abs(try #require(quality.correlation) - 1) < 1e-12)
            if result.readout != .divergence { #expect(quality.signAgreement == 1) }
            #expect(result.predictors.count == 1)
        }
        #expect(comparison.results.allSatisfy { abs($0.predictors[.gradient]!.interval!.low - 1) < 1e-12 })
        #expect(comparison.alternatives.map(\.readout) == ValidationOptions.Readout.allCases)
        #expect(comparison.otherTokens == nil)
    }

    @Test func `every readout asked for is told group by group`() {
        var options = Self.options
        options.readouts = [.logit, .divergence]
        let results = ValidationComparison(Self.trials { change, _, _ in change }, options: options).results
        #expect(results.map(\.readout) == [.logit, .logit, .logit, .divergence, .divergence, .divergence])
        #expect(results.map(\.name) == ["group 0", "group 1", "all", "group 0", "group 1", "all"])
    }

    @Test func `groups are told apart, and the sizes of a prediction with the wrong sign are right`() throws {
        let comparison = ValidationComparison(
            Self.trials { change, group, _ in group == 0 ? change : -change }, options: Self.options)
        let qualities = try comparison.results.map { try #require($0.predictors[.gradient]) }
        #expect(qualities.map { ($0.correlation! * 1e9).rounded() / 1e9 }.prefix(2) == [1, -1])
        #expect(abs(qualities[2].correlation!) < 0.2 && qualities[2].signAgreement == 0.5)
        #expect(qualities.allSatisfy { abs($0.sizes! - 1) < 1e-12 })
        #expect(qualities[2].withinPromptCount == 40 && abs(qualities[2].withinPrompts!) < 1e-12)
    }

    @Test func `the interval of chance covers nought, and holds the correlation`() throws {
        let comparison = ValidationComparison(
            Self.trials { _, _, generator in Double.random(in: -1..<1, using: &generator) }, options: Self.options)
        for result in comparison.results {
            let quality = try #require(result.predictors[.gradient])
            let interval = try #require(quality.interval)
            #expect(interval.low < 0 && interval.high > 0)
            #expect(interval.low <= quality.correlation! && quality.correlation! <= interval.high)
            // The width of a correlation's interval over n pairs is about 4 / sqrt(n).
            #expect(abs((interval.high - interval.low) - 4 / Double(result.count).squareRoot()) < 0.12)
        }
    }

    @Test func `what is no answer stands apart, and is read as the logit`() throws {
        let others = Self.trials(isAnswer: false) { change, _, _ in change }
        let comparison = ValidationComparison(others, options: Self.options)
        #expect(comparison.otherTokens?.count == 200 && comparison.otherTokens?.readout == .logit)
        #expect(comparison.results.map(\.count) == [0] && comparison.strata.isEmpty)
    }
}
