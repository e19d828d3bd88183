import ArgumentParser
import AtlasQuery

struct FamiliesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "families", abstract: "Groups of prompts that the model treats alike.",
        discussion: """
              atlas query families --atlas my.atlas
              atlas query families --where family=acronym --threshold 0.8 --atlas my.atlas
            """)

    @Option(name: .customLong("where"), help: "Only these prompts: name=value, several between commas.")
    var filter: PromptFilter?
    @Option(help: "Compare by influence (prompts with graphs) or by activation.") var by = SimilarityMeasure.influence
    @Option(help: "The cosine from which two prompts are of one family.") var threshold = 0.7
    @Option(help: "How many prompts are sorted at most.") var prompts = 5000
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireShare(threshold, "--threshold")
        try requireCount(prompts, "--prompts")
    }

    func run() throws {
        let report = try file.reader().families(
            where: filter ?? .all, by: by, threshold: threshold, promptLimit: prompts, limit: limit.limit)
        try output.print(report, lists: [.init("families", report.families)]) {
            FamiliesText(report).lines.forEach { print($0) }
        }
    }
}
