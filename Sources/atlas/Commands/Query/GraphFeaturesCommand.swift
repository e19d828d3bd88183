import ArgumentParser
import AtlasQuery

struct GraphFeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph-features",
        abstract: "How generic or specific the features of a prompt's graph are, and what operands call them.",
        discussion: """
            The features are those that the pages show at the same thresholds. Specificity: how many times as often a \
            feature fires in prompts with this answer as in all prompts.

              atlas query graph-features two-step-0003 --atlas my.atlas
              atlas query graph-features 1583 --nodes 0.6 --atlas my.atlas --json
            """)

    @Argument(help: "The prompt's id or text.") var id: String
    @Option(help: "The share of influence that nodes cover.") var nodes = GraphView().nodeThreshold
    @Option(help: "The share of edge scores that edges cover.") var edges = GraphView().edgeThreshold
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireShare(nodes, "--nodes")
        try requireShare(edges, "--edges")
    }

    func run() throws {
        let reader = try file.reader()
        let view = GraphView(nodeThreshold: nodes, edgeThreshold: edges)
        let report = try reader.graphFeatures(ofPrompt: reader.promptID(id), view: view)
        try output.print(report, lists: [.init("features", report.features)]) {
            if let answer = report.answer {
                print(
                    "answer \"\(shown(answer.text))\": \(answer.promptCount.grouped) of \(report.promptCount.grouped) prompts, "
                        + "\(answer.readPrompts.grouped) read")
            }
            var table = TextTable([
                "feature", ">density", ">prompts", ">this answer's", ">specificity", "called by operands",
            ])
            let ordered = report.features.sorted {
                ($1.specificity ?? 0, $0.feature) < ($0.specificity ?? 0, $1.feature)
            }
            for row in ordered.prefix(limit.limit) {
                table.add([
                    "\(row.feature)", row.density.percent(2), row.promptShare.percent(1),
                    row.answerShare?.percent(1) ?? "", row.specificity?.fixed(1) ?? "", row.operandLabel ?? "",
                ])
            }
            table.lines.forEach { print($0) }
        }
    }
}
