import AtlasQuery

/// Correlated features as lines of text.
struct CorrelatedText {
    private let report: CorrelatedFeatures

    init(_ report: CorrelatedFeatures) { self.report = report }

    var lines: [String] {
        let group = report.filter.map { " where \(shown($0))" } ?? ""
        let heading =
            "what fires with \(report.feature), in \(report.promptCount.grouped) prompts\(group): active at "
            + "\(report.activeTokens.grouped) of \(report.countedTokens.grouped) tokens, with "
            + "\(report.partnerCount.grouped) features"
        guard !report.correlated.isEmpty else { return [heading] }
        var table = TextTable(["feature", ">pearson", ">jaccard", ">together", ">active", "label"])
        for entry in report.correlated {
            table.add([
                "\(entry.feature)", entry.pearson.signed(3), entry.jaccard.fixed(3), entry.coactiveTokens.grouped,
                entry.activeTokens.grouped, entry.label ?? "",
            ])
        }
        return [heading] + table.lines + [
            "",
            "pearson: correlation of activations over all counted tokens; jaccard: tokens where both are active / where",
            "either is; together: tokens where both are active; active: tokens where the other is. Trust neither with few.",
        ]
    }
}
