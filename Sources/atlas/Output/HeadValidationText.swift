import AtlasExperiments
import AtlasQuery

/// A test of heads as lines of text.
struct HeadValidationText {
    private let report: HeadValidationReport

    /// How many prompts are shown.
    private static let shownTrials = 12

    init(_ report: HeadValidationReport) { self.report = report }

    var lines: [String] {
        let looks = report.looks
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
        func share(_ count: HeadValidationReport.Count) -> String {
            "\(count.count.grouped) of \(count.total.grouped)"
                + (count.total > 0 ? " (\((Double(count.count) / Double(count.total)).percent(1)))" : "")
        }
        let place =
            report.tokensBeforeEnd == 0 ? "the last position" : "\(report.tokensBeforeEnd) tokens before the end"
        var lines = [
            "heads \(report.heads.map(\.description).joined(separator: ", ")) from \(place): \(looks.count.grouped) looks "
                + "(keys with \(report.leastWeight.percent(0)) of the attention or more) in \(report.trials.count.grouped) prompts",
            "", "Is the feature that the score names why it looks there? Attention to the key",
        ]
        let own = looks.compactMap { look in look.knockOut.map { $0.weight - look.weight } }
        let random = looks.compactMap { look in look.randomKnockOut.map { $0.weight - look.weight } }
        var features = TextTable(["silenced", ">fell", ">mean change"])
        features.add(["the key-side feature", share(report.fellWithoutFeature), mean(own).signed(3)])
        features.add(["a random one beside it", share(report.fellWithoutRandomFeature), mean(random).signed(3)])
        lines += features.lines
        lines.append(
            "the named one took away more in \(share(report.fellMoreThanAtRandom)), "
                + "p = \(report.signTest.plain(2)) by the sign test, as if looks were independent")
        lines += [
            "",
            "Does the answer need it? At most \(report.pairs) pairs taken off each score, "
                + "everything after it recomputed",
        ]
        var answers = TextTable([
            "taken off", ">answer lost", ">its probability", ">gap to the next", ">attention to the keys",
        ])
        func add(
            _ title: String, _ weight: Double?, _ answer: (HeadValidationReport.Trial) -> HeadValidationReport.Answer?
        ) {
            let found = report.trials.compactMap(answer)
            guard !found.isEmpty else { return }
            answers.add([
                title, share(report.lostAnswers(answer)), mean(found.map(\.probability)).fixed(3),
                mean(found.map(\.gap)).signed(2), weight.map { $0.fixed(3) } ?? "",
            ])
        }
        add("nothing", mean(looks.map(\.weight))) { $0.before }
        add("the pairs that raise it most", mean(looks.map(\.weightWithoutPairs))) { $0.withoutPairs }
        add("as many random pairs", mean(looks.map(\.weightWithoutRandomPairs))) { $0.withoutRandomPairs }
        add("as much from other heads", nil) { $0.otherHeads }
        lines += answers.lines
        lines.append(
            "the pairs make up \(mean(looks.map(\.removed)).signed(2)) of a score of \(mean(looks.map(\.score)).signed(2)) "
                + "over the mean key; random ones \(mean(looks.map(\.removedAtRandom)).signed(3))")
        lines += ["", "some prompts"]
        var trials = TextTable([">prompt", "answer", "looks at", ">p before", "without the pairs", ">p", "text"])
        let step = max(1, report.trials.count / Self.shownTrials)
        for index in Swift.stride(from: 0, to: report.trials.count, by: step).prefix(Self.shownTrials) {
            let trial = report.trials[index]
            let keys = trial.looks.prefix(3).map { "\($0.head)→\"\($0.text)\"" }.joined(separator: " ")
            trials.add([
                "\(trial.promptID)", "\"\(trial.answer)\"", keys, trial.before.probability.fixed(3),
                "\"\(trial.withoutPairs.text)\"", trial.withoutPairs.probability.fixed(3), trial.text,
            ])
        }
        lines += trials.lines
        lines += [
            "",
            "p: probability of the right answer. Left out: \(report.wrongPrompts) prompts that the model gets wrong, "
                + "\(report.promptsWithoutLooks) in which none of the heads looks anywhere.",
        ]
        return lines
    }
}
