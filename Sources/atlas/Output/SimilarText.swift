import AtlasQuery

/// Similar prompts as lines of text.
struct SimilarText {
    private let report: SimilarReport

    init(_ report: SimilarReport) { self.report = report }

    var lines: [String] {
        var table = TextTable([">prompt", ">cosine", ">shared", "text", "most of it through"])
        for row in report.prompts {
            table.add([
                "\(row.prompt)", row.similarity.fixed(3), "\(row.sharedCount)", row.text,
                row.shared.prefix(3).map { "\($0.feature) \($0.part.percent())" }.joined(separator: ", "),
            ])
        }
        return ["prompt \(report.prompt): \(shown(report.text))"]
            + (report.prompts.isEmpty ? ["no other prompt shares a feature"] : table.lines) + [
                "",
                "cosine: of \(report.measure.rawValue) by feature, summed over positions; shared: features that both have;",
                "the last column: what a feature adds to the cosine.",
                report.isExact
                    ? "All \(report.candidateCount.grouped) other prompts were compared."
                    : "\(report.candidateCount.grouped) candidates were compared, which share the prompt's strongest "
                        + "features; one that shares none of them is not found.",
            ]
    }
}
