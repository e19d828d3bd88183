import AtlasExperiments
import AtlasQuery

/// A text that was run, as lines of text.
struct RunText {
    private let report: RunReport
    private let limit: Int

    /// How many next tokens are told.
    private static let shownTokens = 5

    init(_ report: RunReport, limit: Int) {
        self.report = report
        self.limit = limit
    }

    var lines: [String] {
        let graph = report.graph
        let next = report.nextTokens.prefix(Self.shownTokens).map { "\"\(shown($0.text))\" \($0.probability.fixed(3))" }
        let features = graph.nodes.filter { $0.feature != nil }.sorted { $0.influence > $1.influence }
        var table = TextTable(["feature", ">position", "token", ">activation", ">influence", ">on the gap", "label"])
        for node in features.prefix(limit) {
            let position = node.position
            table.add([
                node.feature.map { "\($0)" } ?? "", "\(position)", "\"\(graph.tokens[position].text)\"",
                node.activation.fixed(2), node.influence.fixed(4),
                node.effects?.gradientOnGap.signed(3) ?? "", node.label ?? "",
            ])
        }
        return [
            "tokens    " + graph.tokens.map { shown($0.text) }.joined(separator: "|"),
            "next      " + next.joined(separator: "  "),
            "active    \(report.activeFeatureCount.grouped) features",
            "scores    replacement \(graph.scores.replacement.fixed(3)), completeness \(graph.scores.completeness.fixed(3))",
            "gap       " + (graph.gap.map(PromptText.described) ?? ""),
            "",
        ] + table.lines + [
            "",
            PromptText.definition,
            "influence: share of the absolute inputs on all paths to the likeliest next tokens, weighted by probability.",
        ]
    }
}
