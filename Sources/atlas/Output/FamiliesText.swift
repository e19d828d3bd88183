import AtlasQuery

/// Families of prompts as lines of text.
struct FamiliesText {
    private let report: FamiliesReport

    init(_ report: FamiliesReport) { self.report = report }

    var lines: [String] {
        var table = TextTable([">prompts", ">cosine", "leader", "tags", "features in common"])
        for family in report.families {
            let tags = family.tags.map { "\($0.name)=\($0.value) \($0.share.percent())" }
            table.add([
                "\(family.size)", family.meanSimilarity.fixed(2), "\(family.leader): \(family.text)",
                tags.joined(separator: ", "),
                family.shared.map { "\($0.feature) \($0.weight.percent())" }.joined(separator: ", "),
            ])
        }
        let read = report.readPrompts < report.promptCount ? " (\(report.readPrompts.grouped) sorted)" : ""
        return [
            "\(shown(report.filter)): \(report.promptCount.grouped) prompts\(read) in \(report.familyCount.grouped) families, "
                + "\(report.singleCount.grouped) of one prompt"
        ] + table.lines + [
            "",
            "cosine: mean with the leader, of \(report.measure.rawValue) by feature, at least \(report.threshold.fixed(2)) "
                + "to join; tags: share of the family;",
            "features in common: in nine tenths of the family, with their mean share of a prompt's squared length.",
            "Another threshold gives other families; families of few prompts say little.",
        ]
    }
}
