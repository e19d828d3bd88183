import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation
import GRDB
import Tensors

/// Whether what an atlas says of features predicts what interventions do, on prompts that it was not learnt from.
extension AtlasReader {
    /// Grows a circuit for each token from half of the prompts that explain it, silences its features in the other half,
    /// one at a time, and compares what changes with what several predictors say.
    ///
    /// - **Measured**: the gap between the token's logit and its strongest rival's before, the token's logit less the mean,
    ///   its log-probability and the divergence, with the feature at 0 (a neuron at its baseline) wherever it fires, less
    ///   the same undisturbed.
    /// - **Predicted**: see ``ValidationPredictor``. Those of the prompt itself come from its stored graph; global ones
    ///   from the prompts that were not held out, and what the feature contributes here.
    /// - **Compared**: by Spearman correlation, with intervals over prompts drawn anew, for each value of a tag and all;
    ///   where the token is not the prompt's answer apart. Beside it features outside of the circuit of equal activation.
    ///
    /// - Parameters:
    ///   - tokens: the tokens, each with a circuit of its own
    ///   - attributor: the atlas's replacement model
    ///   - jobs: threads, a prompt each
    ///   - progress: called with interventions done and to do
    public func validate(
        tokens: [Int], attributor: Attributor, options: ValidationOptions = ValidationOptions(), jobs: Int = 1,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> ValidationReport {
        precondition(
            !options.modes.isEmpty && !options.readouts.isEmpty && options.interventions > 0 && options.ablation > 0)
        try requireModel(attributor)
        let plans = try ask("planning interventions") { db in
            try requireDerivation(db)
            return try Set(tokens).sorted().map { token in
                (token, try ValidationPlan(token: token, options: options, self, db))
            }
        }
        let planned = plans.compactMap(\.1)
        let possible = planned.flatMap(\.trials)
        let drawn = Self.draw(possible, options).map { possible[$0] }
        let models = PromptModels(attributor, reader: self)
        func runs(_ modes: [ValidationOptions.Mode]) -> SilencingRuns {
            SilencingRuns(models: models, modes: modes, ablation: options.ablation, jobs: jobs)
        }
        let elsewhere = Self.elsewhere(drawn, planned, options)
        let matched = drawn.compactMap { trial in
            trial.matched.map {
                (
                    key: Silencing(token: trial.token, prompt: trial.prompt, feature: $0.feature), tokens: trial.tokens,
                    firing: $0
                )
            }
        }
        let own = drawn.map { (key: $0.key, tokens: $0.tokens, firing: $0.silenced) }
        let total = own.count + Set(matched.map(\.key)).count + Set(elsewhere.joined().map(\.key)).count
        var done = 0
        func advance(_ count: Int) {
            done += count
            progress?(done, total)
        }
        let changes = try runs(options.modes).measure(own, progress: advance)
        let main = runs(Array(options.modes.prefix(1)))
        let matchedChanges = try main.measure(matched, progress: advance)
        let measuredElsewhere = try main.measure(elsewhere.flatMap(\.self), progress: advance)
        let rawWeights = Dictionary(
            uniqueKeysWithValues: planned.map { plan in
                (
                    plan.token,
                    Dictionary(
                        uniqueKeysWithValues: zip(
                            plan.features, attributor.directLogitWeights(of: plan.features, on: plan.token)))
                )
            })
        var random = SeededNumbers(seed: options.seed, stream: .max - 1)
        let trials = zip(drawn, elsewhere).map { trial, runs -> ValidationReport.Trial in
            let silenced = changes[trial.key]!
            let predicted = trial.predictions(
                contribution: silenced.contribution, elsewhere: MeasuredElsewhere(runs, measuredElsewhere),
                rawWeight: Double(rawWeights[trial.token]![trial.silenced.feature]!),
                random: Double.random(in: -1..<1, using: &random), ablation: options.ablation)
            return ValidationReport.Trial(
                token: trial.token, prompt: trial.prompt, group: trial.group.string, isAnswer: trial.isAnswer,
                feature: trial.silenced.feature, contribution: silenced.contribution, influence: trial.stored.influence,
                predictedGap: predicted.gap, predictedLogit: predicted.logit, measured: silenced.changes,
                matched: trial.matched?.feature,
                matchedLogit: trial.matched.flatMap {
                    matchedChanges[Silencing(token: trial.token, prompt: trial.prompt, feature: $0.feature)]?
                        .changes[0].logit
                })
        }
        try Cancellation.check()
        let comparison = ValidationComparison(trials, options: options)
        try Cancellation.check()
        return ValidationReport(
            options: options,
            circuits: planned.map { plan in
                ValidationReport.Circuit(
                    token: plan.token, text: text(of: plan.token), fittedPrompts: plan.fitted.count,
                    heldOutPrompts: plan.heldOutCount, featureCount: plan.features.count,
                    trialCount: trials.count { $0.token == plan.token })
            }, skippedTokens: plans.filter { $0.1 == nil }.map(\.0), possibleCount: possible.count,
            promptsWithoutEffects: Set(drawn.filter { !$0.hasEffects }.map(\.prompt)).count,
            results: comparison.results, strata: comparison.strata, otherTokens: comparison.otherTokens,
            alternatives: comparison.alternatives, matched: comparison.matched, trials: trials)
    }

    /// The interventions to make, by their places, ascending: of each value of the tag so many, drawn one by one, or
    /// prompt by prompt.
    private static func draw(_ possible: [PlannedTrial], _ options: ValidationOptions) -> [Int] {
        var numbers = SeededNumbers(seed: options.seed, stream: .max)
        let groups = Dictionary(grouping: possible.indices) { possible[$0].group }
        return groups.sorted { $0.key < $1.key }.flatMap { _, members in
            guard options.wholePrompts else {
                return Array(members.shuffled(using: &numbers).prefix(options.interventions))
            }
            // A circuit's interventions in one prompt follow each other.
            var runs: [[Int]] = []
            for index in members {
                if let last = runs.last?.last, possible[last].token == possible[index].token,
                    possible[last].prompt == possible[index].prompt
                {
                    runs[runs.count - 1].append(index)
                } else {
                    runs.append([index])
                }
            }
            return Array(runs.shuffled(using: &numbers).joined().prefix(options.interventions))
        }.sorted()
    }

    /// Where each trial's feature is silenced to learn what it does on average: in fitted prompts of the same token, those
    /// where it fires at the same places counted from the end before others.
    private static func elsewhere(
        _ drawn: [PlannedTrial], _ plans: [ValidationPlan], _ options: ValidationOptions
    ) -> [[(key: Silencing, tokens: [Int], firing: PlannedTrial.Firing)]] {
        let plansByToken = Dictionary(uniqueKeysWithValues: plans.map { ($0.token, $0) })
        return drawn.map { trial in
            let own = trial.silenced.places(in: trial.tokens)
            let fitted = plansByToken[trial.token]!.fitted.compactMap { prompt in
                prompt.firings[trial.silenced.feature].map { (prompt: prompt, firing: $0) }
            }
            let alike = fitted.filter { $0.firing.places(in: $0.prompt.tokens) == own }
            return (alike.isEmpty ? fitted : alike).prefix(options.measuredPrompts).map { prompt, firing in
                (
                    key: Silencing(token: trial.token, prompt: prompt.id, feature: firing.feature),
                    tokens: prompt.tokens, firing: firing
                )
            }
        }
    }

    /// The tokens that a group's prompts are answered by, as far as stored graphs explain them, by id.
    public func answerTokens(of group: PromptFilter) throws -> [Int] {
        try ask("asking for a group's answers") { db in
            let prompts = try prompts(where: group, needGraphs: true, db)
            let statement = try db.cachedStatement(sql: Self.explainedAnswerOfPrompt)
            let tokens = try prompts.compactMap { try Int.fetchOne(statement, arguments: [$0]) }
            guard !tokens.isEmpty else {
                throw QuestionError.emptyGroup(filter: "\(group) with explained answers", needsGraphs: true)
            }
            return Set(tokens).sorted()
        }
    }

    static let explainedAnswerOfPrompt = """
        SELECT p.answer_token FROM prompts p JOIN graphs g ON g.prompt_id = p.id
        JOIN logit_targets t ON t.graph_id = g.id AND t.token = p.answer_token WHERE p.id = ?
        """
}

/// What silencing a feature did to a token's logit in prompts that were not held out.
private struct MeasuredElsewhere {
    private var count = 0.0
    private var sum = 0.0
    private var product = 0.0
    private var square = 0.0

    /// `nil` without any.
    init?(_ runs: [(key: Silencing, tokens: [Int], firing: PlannedTrial.Firing)], _ measured: [Silencing: Silenced]) {
        guard !runs.isEmpty else { return nil }
        for silenced in runs.map({ measured[$0.key]! }) {
            let change = silenced.changes[0].logit
            count += 1
            sum += change
            product += change * silenced.contribution
            square += silenced.contribution * silenced.contribution
        }
    }

    var mean: Double { sum / count }

    /// Change for each unit that the feature contributes, least squares through 0; `nil` where it contributed nothing.
    var slope: Double? { square > 0 ? product / square : nil }
}

extension PlannedTrial.Firing {
    /// Where the feature fires, counted from the last token.
    fileprivate func places(in tokens: [Int]) -> [Int] { positions.map { tokens.count - $0 } }
}

extension PlannedTrial {
    /// What is silenced, and what is read.
    fileprivate var key: Silencing { Silencing(token: token, prompt: prompt, feature: silenced.feature) }

    /// The predicted changes of the gap and of the token's logit.
    fileprivate func predictions(
        contribution: Double, elsewhere: MeasuredElsewhere?, rawWeight: Double, random: Double, ablation: Double
    ) -> (gap: [ValidationPredictor: Double], logit: [ValidationPredictor: Double]) {
        var common: [ValidationPredictor: Double] = [
            .influence: -stored.influence * ablation, .rawWeight: -rawWeight * contribution * ablation,
            .activation: -contribution * ablation, .random: random,
        ]
        common[.measuredElsewhere] = elsewhere?.mean
        common[.measuredPerUnit] = elsewhere?.slope.map { $0 * contribution }
        common[.gradientElsewhere] = gradientElsewhere.map { -$0 * ablation }
        common[.circuit] = perActivation.map { -$0 * contribution * ablation }
        var (gap, logit) = (common, common)
        gap[.gradient] = stored.gradientOnGap.map { -$0 * ablation }
        gap[.graph] = stored.totalOnGap.map { -$0 * ablation }
        logit[.gradient] = stored.gradientOnLogit.map { -$0 * ablation }
        logit[.graph] = stored.totalOnLogit.map { -$0 * ablation }
        return (gap, logit)
    }
}
