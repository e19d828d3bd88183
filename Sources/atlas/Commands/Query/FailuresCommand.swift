import ArgumentParser
import AtlasQuery

struct FailuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures", abstract: "Which answers to distrust: much error influence, wrong, or unsound sums.",
        discussion: """
            The same scores stand in SQL in the view prompt_overview.

              atlas query failures --atlas my.atlas
              atlas query failures --where family=two-step --by state --atlas my.atlas
            """)

    @Option(name: .customLong("where"), help: "Only these prompts: name=value, several between commas.")
    var filter: PromptFilter?
    @Option(help: "The tag whose values are compared; by default those with 2 to 20 values of many prompts.") var by:
        String?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let report = try file.reader().failures(where: filter ?? .all, byTag: by, limit: limit.limit)
        try output.print(
            report,
            lists: [
                .init("byErrorInfluence", report.byErrorInfluence), .init("wrongAnswers", report.wrongAnswers),
                .init("byViolation", report.byViolation), .init("tags", report.tags),
            ]
        ) { FailuresText(report).lines.forEach { print($0) } }
    }
}
