import AtlasQuery

/// Drivers of a logit as lines of text.
struct DriversText {
    private let report: DriversReport

    init(_ report: DriversReport) { self.report = report }

    var lines: [String] {
        var lines = [
            "\"\(shown(report.text))\" (token \(report.token)): explained in \(report.promptCount.grouped) prompts, "
                + "mean probability \(report.meanProbability.fixed(3))",
            "",
            isByEffect
                ? "features, by the size of their mean effect on its lead over its strongest rival, over the "
                    + "\(report.answerPromptCount.grouped) prompts that it is the answer of"
                : "features, by probability × influence on its logit, mean over these prompts",
        ]
        lines += isByEffect ? effectTable : [Self.withoutEffects(report)] + influenceTable
        let negative = report.features.compactMap { driver in driver.negative.map { (driver, $0) } }
        if !negative.isEmpty {
            var tails = TextTable(["feature", ">influence", ">of its", ">in prompts", ">direct effect"])
            for (driver, tail) in negative {
                tails.add([
                    driver.node.feature.map { "\($0)" } ?? "", tail.influence.fixed(4),
                    driver.influence > 0 ? (tail.influence / driver.influence).percent() : "", "\(tail.support)",
                    tail.directSupport > 0 ? tail.directEffect.signed(2) : "none",
                ])
            }
            lines += ["", "of these, what comes from places where the feature's activation is negative"] + tails.lines
        }
        if !report.cover.isEmpty {
            let count = isByEffect ? report.answerPromptCount : report.promptCount
            let steps = report.cover.map { "\($0.feature) (\($0.covered)/\(count))" }
            lines += [
                "",
                "a small set that covers the prompts (at least 5 % of "
                    + (isByEffect ? "what features add to it): " : "the features' influence): ")
                    + steps.joined(separator: ", "),
            ]
        }
        lines += ["", "by weights alone, without any prompt (logit per unit of activation)"]
        lines.append("  raised by   " + effects(report.raisedBy))
        lines.append("  lowered by  " + effects(report.loweredBy))
        lines.append("")
        if isByEffect {
            lines += [
                "effect: what the feature adds to the gap between the token's logit and its strongest rival's, by the model's own",
                "derivative with attention patterns held, positions together; 0 where it takes no part; rivals differ between",
                "prompts; sign: share of effects with the more frequent one; measured: the same by silencing it, where that was",
                "done (index --measure); specific: effect less that on the gaps of other answers;",
            ]
        }
        lines += [
            "influence: share of the absolute inputs on all paths to the logit; direct effect: mean edge to the logit"
                + (isByEffect ? "." : ";"),
            (isByEffect ? "" : "sign: 1 when it never changes. ") + "Trust no row with few prompts.",
        ]
        return lines
    }

    private var isByEffect: Bool { report.rankedBy == .effect }

    private var effectTable: [String] {
        var features = TextTable([
            "feature", ">effect", ">± sd", ">sign", ">measured", ">in prompts", ">covers", ">specific", ">influence",
            ">direct effect", "label",
        ])
        for driver in report.features {
            features.add([
                driver.node.feature.map { "\($0)" } ?? "", driver.effect?.signed(3) ?? "",
                driver.effectSpread?.fixed(3) ?? "", driver.effectConsistency?.fixed(2) ?? "",
                driver.measuredEffect.map { "\($0.signed(3)) (\(driver.measuredSupport))" } ?? "",
                "\(driver.effectSupport)", driver.coverage.percent(), driver.specificity?.signed(3) ?? "",
                driver.influence.fixed(4), driver.directSupport > 0 ? driver.directEffect.signed(2) : "none",
                driver.label ?? "",
            ])
        }
        return features.lines
    }

    private var influenceTable: [String] {
        var features = TextTable([
            "feature", ">influence", ">in prompts", ">covers", ">direct effect", ">± sd", ">sign", "label",
        ])
        for driver in report.features {
            features.add([
                driver.node.feature.map { "\($0)" } ?? "", driver.influence.fixed(4), "\(driver.support)",
                driver.coverage.percent(), driver.directSupport > 0 ? driver.directEffect.signed(2) : "none",
                driver.directSupport > 1 ? driver.directSpread.fixed(2) : "",
                driver.directSupport > 0 ? driver.signConsistency.fixed(2) : "", driver.label ?? "",
            ])
        }
        return features.lines
    }

    /// Why drivers are ranked by influence.
    private static func withoutEffects(_ report: DriversReport) -> String {
        report.effectPromptCount == report.promptCount
            ? "it is the answer of no prompt, so that there is no lead to rank by"
            : report.effectPromptCount == 0
                ? "effects are not computed, so that the order tells no sign; atlas index --effects adds them"
                : "effects are known in \(report.effectPromptCount.grouped) of \(report.promptCount.grouped) prompts, so that "
                    + "influence ranks; atlas index --effects adds the others"
    }

    private func effects(_ effects: [DriversReport.WeightEffect]) -> String {
        effects.isEmpty
            ? "none" : effects.prefix(5).map { "\($0.feature) \($0.value.signed(2))" }.joined(separator: "  ")
    }
}
