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
            "features, by probability × influence on its logit, mean over these prompts",
        ]
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
        lines += features.lines
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
            let steps = report.cover.map { "\($0.feature) (\($0.covered)/\(report.promptCount))" }
            lines += [
                "",
                "a small set that covers the prompts (at least 5 % of the features' influence): "
                    + steps.joined(separator: ", "),
            ]
        }
        lines += ["", "by weights alone, without any prompt (logit per unit of activation)"]
        lines.append("  raised by   " + effects(report.raisedBy))
        lines.append("  lowered by  " + effects(report.loweredBy))
        lines += [
            "",
            "influence: share of the absolute inputs on all paths to the logit; direct effect: mean edge to the logit;",
            "sign: 1 when it never changes. Trust no row with few prompts.",
        ]
        return lines
    }

    private func effects(_ effects: [DriversReport.WeightEffect]) -> String {
        effects.isEmpty
            ? "none" : effects.prefix(5).map { "\($0.feature) \($0.value.signed(2))" }.joined(separator: "  ")
    }
}
