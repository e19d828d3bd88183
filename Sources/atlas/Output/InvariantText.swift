import AtlasQuery

/// What a group has in common as lines of text.
struct InvariantText {
    private let report: InvariantReport

    init(_ report: InvariantReport) { self.report = report }

    var lines: [String] {
        var lines = [
            "\(shown(report.filter)): \(report.promptCount.grouped) prompts, \(report.outsideCount.grouped) outside",
            "",
            "active in at least \(report.share.percent()) of the group: \(report.invariantCount.grouped) features",
        ]
        var table = TextTable([
            "feature", ">inside", ">outside", ">lift", ">peak", "label",
        ])
        for row in report.features {
            table.add([
                "\(row.feature)", "\(row.insideCount) (\(row.insideShare.percent()))",
                "\(row.outsideCount) (\(row.outsideShare.percent(1)))", row.lift?.fixed(1) ?? "only here",
                row.meanMaximum.fixed(2), row.label ?? "",
            ])
        }
        lines += report.features.isEmpty ? [] : table.lines
        lines += ["", "active in no prompt of the group, but outside: \(report.absentCount.grouped) features"]
        var absent = TextTable(["feature", ">outside", "label"])
        for row in report.absent {
            absent.add([
                "\(row.feature)", "\(row.outsideCount) (\(row.outsideShare.percent(1)))", row.label ?? "",
            ])
        }
        lines += report.absent.isEmpty ? [] : absent.lines
        return lines + [
            "",
            "lift: share inside over share outside; peak: mean of a prompt's largest activation where it fires.",
            "Distrust a lift from few prompts, and remember that the outside is whatever else was indexed.",
        ]
    }
}
