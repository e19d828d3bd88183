import AtlasQuery
import Foundation

/// The answers to distrust as lines of text.
struct FailuresText {
    private let report: FailuresReport

    init(_ report: FailuresReport) { self.report = report }

    var lines: [String] {
        var lines = [
            "\(shown(report.filter)): \(report.promptCount.grouped) prompts, \(report.graphCount.grouped) with a graph"
                + (report.meanErrorInfluence.map { ", mean error influence \($0.fixed(3))" } ?? "")
                + "; \(report.wrongCount.grouped) of \(report.answeredCount.grouped) answers wrong"
        ]
        lines += section("explained least: most influence from errors", report.byErrorInfluence)
        lines += section("wrong answers, the surest first", report.wrongAnswers)
        lines += section("sums of inputs furthest from what they add up to", report.byViolation)
        if !report.tags.isEmpty {
            var table = TextTable(["tag", ">prompts", ">graphs", ">replacement", ">completeness", ">right"])
            for row in report.tags {
                table.add([
                    "\(row.name)=\(row.value)", row.promptCount.grouped, row.graphCount.grouped,
                    row.meanReplacement?.fixed(3) ?? "", row.meanCompleteness?.fixed(3) ?? "",
                    row.rightShare?.percent(1) ?? "",
                ])
            }
            lines += ["", "by tag"] + table.lines
        }
        return lines + [
            "",
            "error influence: 1 − replacement score, the share of influence that starts at reconstruction errors;",
            "completeness: influence-weighted share of inputs that are not errors; violation: worst relative difference of",
            "a node's summed inputs from its value (rounding is below 1e-4). A right answer can still be badly explained.",
        ]
    }

    private func section(_ title: String, _ rows: [FailuresReport.Row]) -> [String] {
        guard !rows.isEmpty else { return [] }
        var table = TextTable([
            ">prompt", ">errors", ">complete", ">violation", "predicted", ">p", "right", "text",
        ])
        for row in rows {
            table.add([
                "\(row.prompt)", row.errorInfluence?.fixed(3) ?? "", row.completeness?.fixed(3) ?? "",
                row.violation.map { String(format: "%.0e", $0) } ?? "", "\"\(row.predicted)\"",
                row.probability.fixed(3),
                row.isRight.map { $0 ? "yes" : "no, \"\(row.answer ?? "")\"" } ?? "", row.text,
            ])
        }
        return ["", title] + table.lines
    }
}
