import AtlasExperiments
import AtlasQuery

/// An exchange of features as lines of text.
struct ExchangeText {
    private let report: ExchangeReport

    /// How many values, features a value, and trials are shown.
    private static let shownValues = 12
    private static let shownFeatures = 4
    private static let shownTrials = 12

    init(_ report: ExchangeReport) { self.report = report }

    var lines: [String] {
        let total = report.trials.count
        func share(_ count: Int) -> String {
            "\(count.grouped) of \(total.grouped)"
                + (total > 0 ? " (\((Double(count) / Double(total)).percent(1)))" : "")
        }
        var lines = [
            "\(report.values.count) values of \"\(shown(report.tag))\" in \(report.promptCount.grouped) prompts, at most "
                + "\(report.featureLimit) features each "
                + (report.positions == .last ? "at the last position" : "at any position")
                + ", put in at \(report.strength.fixed(1)) times their mean contribution",
            (report.judgement == .likeliest ? "the answer" : "the likelier of both values' answers")
                + " became the other value's in \(share(report.moved)); it stayed in \(share(report.stayed)), "
                + "became another in \(share(report.lost))",
        ]
        lines.append(
            "with as many random features of the same prompts it became the other value's in \(share(report.movedByControl))"
        )
        let before = report.trials.reduce(0) { $0 + $1.probabilityBefore } / Double(max(1, total))
        let after = report.trials.reduce(0) { $0 + $1.probabilityAfter } / Double(max(1, total))
        lines.append(
            "mean probability of the other value's answer: \(before.fixed(3)) before, \(after.fixed(3)) afterwards")
        lines += ["", "own features, most telling first (feature@tokens before the end ×values it is active with)"]
        var values = TextTable(["value", ">prompts", "answer", "its own features"])
        for value in report.values.prefix(Self.shownValues) {
            let features = value.features.prefix(Self.shownFeatures).map { own in
                "\(own.feature)" + (own.tokensBeforeEnd > 0 ? "@−\(own.tokensBeforeEnd)" : "") + " ×\(own.activeValues)"
            }
            values.add([
                value.value, "\(value.promptCount)", "\"\(value.answer)\"", features.joined(separator: "  "),
            ])
        }
        lines += values.lines
        if report.values.count > Self.shownValues { lines.append("… \(report.values.count - Self.shownValues) more") }
        lines += ["", "some trials"]
        var trials = TextTable([">prompt", "from", "to", "says now", "outcome", ">p before", ">p after"])
        let step = max(1, total / Self.shownTrials)
        for index in Swift.stride(from: 0, to: total, by: step).prefix(Self.shownTrials) {
            let trial = report.trials[index]
            trials.add([
                "\(trial.promptID)", trial.from, trial.to, "\"\(trial.text)\"", trial.outcome.rawValue,
                trial.probabilityBefore.fixed(3), trial.probabilityAfter.fixed(3),
            ])
        }
        lines += trials.lines
        lines += [
            "",
            "p: probability of the other value's answer. Left out: \(report.sameAnswerPairs) pairs of values with the same "
                + "answer, \(report.wrongPrompts) prompts that the model gets wrong, \(report.wrongPairs) trials in which the other "
                + "answer was likelier before.",
            "A high rate says that these features carry the answer \(report.positions == .last ? "at the last position" : "together"), not that no others do.",
        ]
        return lines
    }
}
