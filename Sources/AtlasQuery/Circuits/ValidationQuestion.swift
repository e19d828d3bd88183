import AtlasStore
import Attribution
import Circuits
import GRDB

/// Whether circuits predict what interventions do on prompts that they were not made from.
extension AtlasReader {
    /// Grows a circuit for each token from half of the prompts that explain it, silences its features in the other half,
    /// one at a time, and compares the change of the token's logit with what the circuit predicts.
    ///
    /// - **Measured**: the token's logit less the mean logit after the prompt, with the feature at 0 wherever it fires,
    ///   less the same undisturbed.
    /// - **Predicted**: − the feature's activation in the prompt (added up over positions) × the effect of a unit of it:
    ///   the sum over paths through the circuit of products of (edge weight / source activation), both summed over the
    ///   prompts that the circuit was made from. Nothing of the held-out prompt enters but the activation.
    /// - **Baselines**: the prompt's own stored graph, signed and over all paths, which is the local prediction; the
    ///   feature's direct logit weight × activation; the activation alone; and, for the sizes of effects, features outside
    ///   of the circuit with the nearest activations.
    ///
    /// - Parameters:
    ///   - attributor: the atlas's replacement model
    ///   - tokens: the tokens, each with a circuit of its own
    ///   - progress: called with interventions done and to do
    public func validate(
        tokens: [Int], attributor: Attributor, options: ValidationOptions = ValidationOptions(),
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> ValidationReport {
        precondition(!options.modes.isEmpty && options.interventions > 0)
        try requireModel(attributor)
        let plans = try ask("planning interventions") { db in
            try requireDerivation(db)
            return try Set(tokens).sorted().map { token in
                (token, try ValidationPlan(token: token, options: options, self, db))
            }
        }
        let planned = plans.compactMap(\.1)
        let possible = planned.flatMap(\.trials)
        let drawn = Self.draw(possible, options)
        var trials: [ValidationReport.Trial] = []
        var undisturbed: (prompt: Int, token: Int, value: Double)?
        var weights: [Int: [FeatureID: Float]] = [:]
        let models = PromptModels(attributor, reader: self)
        for plan in planned {
            weights[plan.token] = Dictionary(
                uniqueKeysWithValues: zip(
                    plan.features, attributor.directLogitWeights(of: plan.features, on: plan.token)))
        }
        for (done, index) in drawn.enumerated() {
            let trial = possible[index]
            let attributor = try models.attributor(prompt: trial.prompt, tokenCount: trial.tokens.count)
            if undisturbed?.prompt != trial.prompt || undisturbed?.token != trial.token {
                let value = attributor.logitLessMean(of: trial.token, in: try attributor.undisturbed(trial.tokens))
                undisturbed = (trial.prompt, trial.token, Double(value))
            }
            func measure(_ firing: PlannedTrial.Firing) throws -> [Double] {
                try options.modes.map { mode in
                    let value = try attributor.logitWithout(
                        firing.feature, at: firing.positions, of: trial.token, in: trial.tokens,
                        mode: mode.intervention)
                    return Double(value) - undisturbed!.value
                }
            }
            trials.append(
                ValidationReport.Trial(
                    token: trial.token, prompt: trial.prompt, feature: trial.silenced.feature,
                    activation: trial.silenced.activation, predicted: trial.predicted, ownGraph: trial.ownGraph,
                    rawWeight: -Double(weights[trial.token]![trial.silenced.feature]!) * trial.silenced.activation,
                    measured: try measure(trial.silenced), matched: trial.matched?.feature,
                    matchedActivation: trial.matched?.activation, matchedMeasured: try trial.matched.map(measure)))
            progress?(done + 1, drawn.count)
        }
        return ValidationReport(
            options: options,
            circuits: planned.map { plan in
                let own = trials.filter { $0.token == plan.token }
                return ValidationReport.Circuit(
                    token: plan.token, text: text(of: plan.token), fittedPrompts: plan.fitted.count,
                    heldOutPrompts: plan.heldOutCount, featureCount: plan.features.count, trialCount: own.count,
                    correlation: RankCorrelation.spearman(own.map(\.predicted), own.map { $0.measured[0] }))
            }, skippedTokens: plans.filter { $0.1 == nil }.map(\.0), possibleCount: possible.count,
            results: options.modes.enumerated().map { ValidationReport.Result($1, trials, measurement: $0) },
            trials: trials)
    }

    /// The interventions to make, by their places, ascending: drawn one by one, or prompt by prompt.
    private static func draw(_ possible: [PlannedTrial], _ options: ValidationOptions) -> [Int] {
        var numbers = SeededNumbers(seed: options.seed, stream: .max)
        guard options.wholePrompts else {
            return possible.indices.shuffled(using: &numbers).prefix(options.interventions).sorted()
        }
        // A circuit's interventions in one prompt follow each other.
        var runs: [Range<Int>] = []
        for (index, trial) in possible.enumerated() {
            if let last = runs.last, possible[last.lowerBound].token == trial.token,
                possible[last.lowerBound].prompt == trial.prompt
            {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs.shuffled(using: &numbers).joined().prefix(options.interventions).sorted()
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

extension ValidationOptions.Mode {
    /// The mode as interventions know it.
    var intervention: InterventionMode {
        switch self {
        case .attentionFrozen: .attentionFrozen
        case .free: .free
        case .frozen: .frozen
        }
    }
}

extension ValidationReport.Result {
    /// Fewer pairs than these have no rank correlation worth a mean.
    private static let smallestPrompt = 5

    /// Compares predictions with one of the measurements.
    init(_ mode: ValidationOptions.Mode, _ trials: [ValidationReport.Trial], measurement: Int) {
        struct Place: Hashable {
            let token: Int
            let prompt: Int
        }
        // In the order of the trials, which no prompt's id decides.
        var order: [Place] = []
        var byPlace: [Place: [ValidationReport.Trial]] = [:]
        for trial in trials {
            let place = Place(token: trial.token, prompt: trial.prompt)
            if byPlace[place] == nil { order.append(place) }
            byPlace[place, default: []].append(trial)
        }
        let places = order.map { byPlace[$0]! }.filter { $0.count >= Self.smallestPrompt }
        func correlation(
            _ prediction: (ValidationReport.Trial) -> Double, of trials: [ValidationReport.Trial]
        ) -> Double? {
            RankCorrelation.spearman(trials.map(prediction), trials.map { $0.measured[measurement] })
        }
        func withinPrompts(_ prediction: (ValidationReport.Trial) -> Double) -> Double? {
            let found = places.compactMap { correlation(prediction, of: $0) }
            return found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
        }
        func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
        func sizes(_ prediction: (ValidationReport.Trial) -> Double) -> Double? {
            RankCorrelation.spearman(
                trials.map { prediction($0).magnitude }, trials.map { $0.measured[measurement].magnitude })
        }
        let matched = trials.filter { $0.matchedMeasured != nil }
        self.init(
            mode: mode, count: trials.count, circuit: correlation(\.predicted, of: trials),
            circuitWithinPrompts: withinPrompts(\.predicted), promptCount: places.count,
            ownGraph: correlation(\.ownGraph, of: trials), ownGraphWithinPrompts: withinPrompts(\.ownGraph),
            rawWeights: correlation(\.rawWeight, of: trials), rawWeightsWithinPrompts: withinPrompts(\.rawWeight),
            activation: correlation({ -$0.activation }, of: trials),
            circuitSizes: sizes(\.predicted), ownGraphSizes: sizes(\.ownGraph), rawWeightsSizes: sizes(\.rawWeight),
            activationSizes: sizes(\.activation), meanEffect: mean(trials.map { $0.measured[measurement].magnitude }),
            meanEffectOfMatched: mean(matched.map { $0.measured[measurement].magnitude }),
            meanMatchedEffect: mean(matched.map { $0.matchedMeasured![measurement].magnitude }),
            largerThanMatched: mean(
                matched.map {
                    $0.measured[measurement].magnitude > $0.matchedMeasured![measurement].magnitude ? 1 : 0
                }), matchedCount: matched.count)
    }
}
