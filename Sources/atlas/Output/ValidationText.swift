import AtlasExperiments
import AtlasQuery

/// A test of predictions by interventions as lines of text.
struct ValidationText {
    private let report: ValidationReport
    private let limit: Int

    /// - Parameter limit: how many circuits are listed
    init(_ report: ValidationReport, limit: Int) {
        self.report = report
        self.limit = limit
    }

    var lines: [String] {
        var lines = [
            "\(report.circuits.count.grouped) circuits, \(report.trials.count.grouped) of "
                + "\(report.possibleCount.grouped) possible interventions on held-out prompts, seed \(report.options.seed)"
                + (report.skippedTokens.isEmpty
                    ? "" : "; \(report.skippedTokens.count) tokens left out: fewer than two prompts explain them"),
            "",
        ]
        guard !report.trials.isEmpty else {
            return lines + ["nothing to silence: no feature of a circuit fires in a held-out prompt"]
        }
        if report.promptsWithoutEffects > 0 {
            lines += [
                "\(report.promptsWithoutEffects.grouped) held-out prompts have no effects in this atlas, so that nothing is "
                    + "predicted by gradient or graph; atlas index --effects adds them", "",
            ]
        }
        lines += circuits + [""]
        for readout in report.options.readouts { lines += groups(readout) + [""] }
        lines += whole + [""] + alternatives + [""] + matched + [""] + explanations
        return lines
    }

    private var circuits: [String] {
        var table = TextTable(["token", ">made from", ">held out", ">features", ">interventions"])
        for circuit in report.circuits.prefix(limit) {
            table.add([
                "\"\(shown(circuit.text))\"", "\(circuit.fittedPrompts)", "\(circuit.heldOutPrompts)",
                "\(circuit.featureCount)", "\(circuit.trialCount)",
            ])
        }
        let left = report.circuits.count - limit
        return table.lines + (left > 0 ? ["… and \(left.grouped) more; --limit shows them"] : [])
    }

    /// A row for each group, in the main readout for each stratum too, its intervals below it.
    private func groups(_ readout: ValidationOptions.Readout) -> [String] {
        var results = report.results.filter { $0.readout == readout }
        if readout == report.options.readouts[0] { results += report.strata }
        if readout == .logit { results += report.otherTokens.map { [$0] } ?? [] }
        let predictors = ValidationPredictor.allCases.filter { predictor in
            results.contains { $0.predictors[predictor] != nil }
        }
        var table = TextTable(
            [report.options.groupTag, ">interventions", ">prompts"] + predictors.map { ">" + $0.heading })
        for result in results {
            table.add(
                [shown(result.name), result.count.grouped, result.promptCount.grouped]
                    + predictors.map { told(result.predictors[$0]?.correlation) })
            table.add(
                ["", "", ""]
                    + predictors.map { predictor in
                        result.predictors[predictor]?.interval.map { "\($0.low.signed(2))…\($0.high.signed(2))" } ?? ""
                    })
        }
        return [
            "Spearman correlation of predicted with measured change of the \(readout.told), "
                + "\(report.options.modes[0].rawValue), "
                + (report.options.ablation == 1
                    ? "features silenced" : "\(report.options.ablation.percent()) of features taken away")
                + "; below it 95 % of draws of prompts", "",
        ] + table.lines
    }

    /// What else is known of each predictor over all.
    private var whole: [String] {
        guard let all = report.results.last(where: { $0.readout == report.options.readouts[0] }) else { return [] }
        var table = TextTable([
            "\(all.readout.rawValue) of all, by", ">Spearman", ">same sign", ">of sizes", ">in prompts", ">prompts",
        ])
        for predictor in ValidationPredictor.allCases {
            guard let quality = all.predictors[predictor] else { continue }
            table.add([
                predictor.rawValue, told(quality.correlation), quality.signAgreement?.percent(1) ?? "",
                told(quality.sizes), told(quality.withinPrompts), quality.withinPromptCount.grouped,
            ])
        }
        return table.lines
    }

    /// Other readouts and modes.
    private var alternatives: [String] {
        let predictors = ValidationPredictor.allCases.filter { predictor in
            report.alternatives.contains { $0.predictors[predictor] != nil }
        }
        var table = TextTable(["measured", "read", ">mean |change|"] + predictors.map { ">" + $0.heading })
        for result in report.alternatives {
            table.add(
                [result.mode.rawValue, result.readout.rawValue, result.meanChange.fixed(4)]
                    + predictors.map { told(result.predictors[$0]?.correlation) })
        }
        return table.lines
    }

    private var matched: [String] {
        let matched = report.matched
        return [
            "mean |change of the logit| \(matched.meanEffect.fixed(4)) against \(matched.meanMatchedEffect.fixed(4)) of "
                + "features of equal activation outside of the circuits; larger in \(matched.largerShare.percent()) of "
                + "\(matched.count.grouped) pairs"
        ]
    }

    private var explanations: [String] {
        [
            "gradient, graph: from the prompt itself, × what the feature contributes; measured, gradient elsewhere: mean over",
            "prompts that were not held out, measured in those where it fires at the same places from the end, if any are; per",
            "unit: the slope of what it did there over what it contributed there × what it contributes here; circuit: paths of",
            "their edges × activation here; raw weight: decoders · token; influence has no sign. Log-probability and divergence",
            "are predicted as the gap is; the divergence by sizes.",
            "\"Not the answer\": prompts whose answer is another token, read as the logit less the mean. Interventions in one",
            "prompt are not independent; trust no figure over few prompts.",
        ]
    }

    private func told(_ correlation: Double?) -> String { correlation?.signed(2) ?? "–" }
}

extension ValidationPredictor {
    /// A column's heading.
    fileprivate var heading: String {
        switch self {
        case .measuredElsewhere: "measured elsewh."
        case .measuredPerUnit: "per unit"
        case .gradientElsewhere: "gradient elsewh."
        case .rawWeight: "raw weight"
        default: rawValue
        }
    }
}

extension ValidationOptions.Readout {
    fileprivate var told: String {
        switch self {
        case .gap: "gap (the answer's logit less its strongest rival's)"
        case .logit: "answer's logit less the mean"
        case .logProbability: "answer's log-probability"
        case .divergence: "prediction (divergence, sizes only)"
        }
    }
}
