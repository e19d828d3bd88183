import ArgumentParser
import AtlasQuery

struct PromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "One prompt: what the model said and which features mattered.",
        discussion: """
            The prompt is given by its id in the atlas, by its id in a corpus, or by its text.

              atlas query prompt 1583 --atlas my.atlas
              atlas query prompt two-step-0003 --atlas my.atlas
            """)

    @Argument(help: "The prompt's id or text.") var id: String
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        let report = try reader.prompt(reader.promptID(id), featureLimit: limit.limit)
        try output.print(
            report,
            lists: [.init("features", report.features), .init("tokens", report.tokens), .init("tags", report.tags)]
        ) { PromptText(report).lines.forEach { print($0) } }
    }
}
