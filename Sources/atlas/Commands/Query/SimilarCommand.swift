import ArgumentParser
import AtlasQuery

extension SimilarityMeasure: ExpressibleByArgument {}

struct SimilarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar", abstract: "Which prompts the model treats like one prompt, and through which features.",
        discussion: """
              atlas query similar two-step-0003 --atlas my.atlas
              atlas query similar 1583 --by activation --where family=addition --atlas my.atlas
            """)

    @Argument(help: "The prompt's id or text.") var prompt: String
    @Option(
        help: "Compare by influence (prompts with graphs) or activation; by default influence where there is a graph.")
    var by: SimilarityMeasure?
    @Option(name: .customLong("where"), help: "Only these prompts: name=value, several between commas.")
    var filter: PromptFilter?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        let report = try reader.similar(
            to: reader.promptID(prompt), by: by, where: filter ?? .all, limit: limit.limit)
        try output.print(report, lists: [.init("prompts", report.prompts)]) {
            SimilarText(report).lines.forEach { print($0) }
        }
    }
}
