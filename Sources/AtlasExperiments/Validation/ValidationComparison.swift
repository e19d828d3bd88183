import AtlasQuery
import Circuits
import Texts

/// Predicted changes against measured ones, over interventions.
struct ValidationComparison {
    private let trials: [ValidationReport.Trial]
    private let options: ValidationOptions

    /// Fewer pairs than these have no rank correlation worth a mean.
    private static let smallestPrompt = 5
    private static let stratumCount = 4

    init(_ trials: [ValidationReport.Trial], options: ValidationOptions) {
        self.trials = trials
        self.options = options
    }

    private var answers: [ValidationReport.Trial] { trials.filter(\.isAnswer) }

    /// For each readout by value of the tag where there are several, then all.
    var results: [ValidationReport.Result] {
        let groups = Dictionary(grouping: answers) { ExactText($0.group) }.sorted { $0.key < $1.key }
        let parts = groups.count > 1 ? groups.map { ($0.key.string, $0.value) } : []
        return options.readouts.flatMap { readout in
            (parts + [("all", answers)]).map { result($0.0, $0.1, readout: readout, withIntervals: true) }
        }
    }

    /// Quarters by influence, the least first.
    var strata: [ValidationReport.Result] {
        let ordered = answers.sorted { $0.influence < $1.influence }
        guard ordered.count >= Self.stratumCount * Self.smallestPrompt else { return [] }
        return (0..<Self.stratumCount).map { quarter in
            let part = ordered[
                ordered.count * quarter / Self.stratumCount..<ordered.count * (quarter + 1) / Self.stratumCount]
            return result("quarter \(quarter + 1) by influence", Array(part), withIntervals: true)
        }
    }

    var otherTokens: ValidationReport.Result? {
        let others = trials.filter { !$0.isAnswer }
        return others.isEmpty ? nil : result("not the answer", others, readout: .logit, withIntervals: true)
    }

    var alternatives: [ValidationReport.Result] {
        options.modes.indices.flatMap { mode in
            ValidationOptions.Readout.allCases.map { result("all", answers, mode: mode, readout: $0) }
        }
    }

    var matched: ValidationReport.Matched {
        let pairs = trials.compactMap { trial in
            trial.matchedLogit.map { (own: trial.measured[0].logit.magnitude, other: $0.magnitude) }
        }
        func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
        return ValidationReport.Matched(
            count: pairs.count, meanEffect: mean(pairs.map(\.own)), meanMatchedEffect: mean(pairs.map(\.other)),
            largerShare: mean(pairs.map { $0.own > $0.other ? 1 : 0 }))
    }

    private func result(
        _ name: String, _ trials: [ValidationReport.Trial], mode: Int = 0, readout: ValidationOptions.Readout? = nil,
        withIntervals: Bool = false
    ) -> ValidationReport.Result {
        let readout = readout ?? options.readouts[0]
        var qualities: [ValidationPredictor: ValidationReport.Quality] = [:]
        for predictor in ValidationPredictor.allCases {
            let pairs = trials.compactMap { trial in
                trial.predicted(readout, by: predictor).map {
                    Pair(
                        prompt: trial.prompt, token: trial.token, predicted: $0,
                        measured: trial.measured[mode].value(readout))
                }
            }
            guard !pairs.isEmpty else { continue }
            qualities[predictor] = quality(
                pairs, isSigned: readout != .divergence, hasSign: predictor != .influence && predictor != .random,
                withInterval: withIntervals)
        }
        return ValidationReport.Result(
            name: name, mode: options.modes[mode], readout: readout, count: trials.count,
            promptCount: Set(trials.map(\.prompt)).count,
            meanChange: trials.isEmpty
                ? 0 : trials.reduce(0) { $0 + $1.measured[mode].value(readout).magnitude } / Double(trials.count),
            predictors: qualities)
    }

    private struct Pair {
        let prompt: Int
        let token: Int
        let predicted: Double
        let measured: Double
    }

    private func quality(
        _ pairs: [Pair], isSigned: Bool, hasSign: Bool, withInterval: Bool
    ) -> ValidationReport.Quality {
        func sizes(_ pairs: [Pair]) -> Double? {
            RankCorrelation.spearman(pairs.map(\.predicted.magnitude), pairs.map(\.measured.magnitude))
        }
        func correlation(_ pairs: [Pair]) -> Double? {
            isSigned ? RankCorrelation.spearman(pairs.map(\.predicted), pairs.map(\.measured)) : sizes(pairs)
        }
        // In the order of the trials, which no prompt's id decides.
        var order: [Int] = []
        var byPrompt: [Int: [Pair]] = [:]
        for pair in pairs {
            if byPrompt[pair.prompt] == nil { order.append(pair.prompt) }
            byPrompt[pair.prompt, default: []].append(pair)
        }
        let prompts = order.map { byPrompt[$0]! }
        let inside = prompts.flatMap { pairs in
            Dictionary(grouping: pairs, by: \.token).sorted { $0.key < $1.key }.map(\.value)
        }.filter { $0.count >= Self.smallestPrompt }.compactMap(correlation)
        let signed = pairs.filter { $0.predicted != 0 && $0.measured != 0 }
        return ValidationReport.Quality(
            count: pairs.count, correlation: correlation(pairs),
            interval: withInterval ? interval(prompts, correlation) : nil, sizes: sizes(pairs),
            withinPrompts: inside.isEmpty ? nil : inside.reduce(0, +) / Double(inside.count),
            withinPromptCount: inside.count,
            signAgreement: isSigned && hasSign && !signed.isEmpty
                ? Double(signed.count { $0.predicted.sign == $0.measured.sign }) / Double(signed.count) : nil)
    }

    /// Percentile bootstrap over prompts.
    private func interval(_ prompts: [[Pair]], _ correlation: ([Pair]) -> Double?) -> ValidationReport.Interval? {
        var numbers = SeededNumbers(seed: options.seed, stream: .max - 2)
        return Bootstrap.interval(count: prompts.count, resamples: options.resamples, numbers: &numbers) { drawn in
            correlation(drawn.flatMap { prompts[$0] })
        }
    }
}
