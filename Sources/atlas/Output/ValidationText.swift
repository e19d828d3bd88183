import AtlasQuery

/// A test of circuits as lines of text.
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
        lines += circuits + [""] + results + [""] + matched
        lines += [
            "",
            "Spearman correlation of predicted with measured change of the token's logit (less the mean logit) when a",
            "feature is set to 0. circuit: from other prompts' edges and this prompt's activation; own graph: the prompt's",
            "own stored graph; raw weights: direct logit weight × activation; activation: minus the activation. In prompts:",
            "mean over prompts with 5 interventions and more; sizes: |prediction| with |change|. Interventions in one",
            "prompt are not independent; trust no figure over few prompts.",
        ]
        return lines
    }

    private var circuits: [String] {
        var table = TextTable(["token", ">made from", ">held out", ">features", ">interventions", ">Spearman"])
        for circuit in report.circuits.prefix(limit) {
            table.add([
                "\"\(shown(circuit.text))\"", "\(circuit.fittedPrompts)", "\(circuit.heldOutPrompts)",
                "\(circuit.featureCount)", "\(circuit.trialCount)", told(circuit.correlation),
            ])
        }
        let left = report.circuits.count - limit
        return table.lines + (left > 0 ? ["… and \(left.grouped) more; --limit shows them"] : [])
    }

    private var results: [String] {
        var table = TextTable(["measured", "over", ">circuit", ">own graph", ">raw weights", ">activation"])
        for result in report.results {
            table.add([
                result.mode.rawValue, "\(result.count.grouped) interventions", told(result.circuit),
                told(result.ownGraph), told(result.rawWeights), told(result.activation),
            ])
            table.add([
                "", "in \(result.promptCount.grouped) prompts", told(result.circuitWithinPrompts),
                told(result.ownGraphWithinPrompts), told(result.rawWeightsWithinPrompts), "",
            ])
            table.add([
                "", "sizes, signs aside", told(result.circuitSizes), told(result.ownGraphSizes),
                told(result.rawWeightsSizes), told(result.activationSizes),
            ])
        }
        return table.lines
    }

    private var matched: [String] {
        report.results.map { result in
            "\(result.mode.rawValue): mean |change| \(result.meanEffectOfMatched.fixed(4)) against "
                + "\(result.meanMatchedEffect.fixed(4)) of features of equal activation outside of the circuit; larger in "
                + "\(result.largerThanMatched.percent()) of \(result.matchedCount.grouped) pairs"
        }
    }

    private func told(_ correlation: Double?) -> String { correlation?.signed(3) ?? "none" }
}
