import AtlasQuery

/// Inhibitors of a feature as lines of text.
struct InhibitorsText {
    private let report: InhibitorsReport

    init(_ report: InhibitorsReport) { self.report = report }

    var lines: [String] {
        let group = report.filter.map { " where \(shown($0))" } ?? ""
        var lines = [
            "what may inhibit \(report.feature)\(group): active at \(report.activeTokens.grouped) of "
                + "\(report.countedTokens.grouped) tokens, expected at \(report.expectedTokens.grouped), of these silent at "
                + report.silentTokens.grouped,
            "expected by  "
                + (report.sources.isEmpty
                    ? "no source of positive TWERA"
                    : report.sources.map { "\($0.feature) \($0.twera.signed(2))" }.joined(separator: "  ")),
            "",
        ]
        guard !report.inhibitors.isEmpty else { return lines + ["no inhibitor found"] }
        var table = TextTable([
            "feature", ">V", ">mean edge", ">prompts", ">silent tokens", ">of silent", ">of active", ">lift",
            ">mean inhibition", "label",
        ])
        for entry in report.inhibitors {
            table.add([
                "\(entry.feature)", entry.virtualWeight.signed(3),
                entry.edgeSupport > 0 ? entry.meanEdge.signed(3) : "none", "\(entry.edgeSupport)",
                entry.silentTokens.grouped, entry.silentShare.percent(1), entry.activeShare.percent(1),
                entry.lift.map { $0.fixed(1) } ?? "never active", entry.meanInhibition.signed(3), entry.label ?? "",
            ])
        }
        lines += table.lines
        lines += [
            "",
            "expected: of the \(InhibitorsReport.sourceCount) sources of largest positive TWERA those active hold half of it "
                + "or more; silent: expected, not active.",
            "of silent: share of silent tokens where the inhibitor is active; of active: of tokens where \(report.feature) is;",
            "lift: their ratio; mean inhibition: V × its mean activation over silent tokens. Listed are features with a V",
            "among the most negative (|V| in the top 10 %) or a negative mean edge. Trust no row with few silent tokens;",
            "whether it causes the silence only an intervention shows.",
        ]
        return lines
    }
}
