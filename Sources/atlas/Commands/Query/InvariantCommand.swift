import ArgumentParser
import AtlasQuery

struct InvariantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invariant", abstract: "Which features the prompts of a group have in common, and which none has.",
        discussion: "  atlas query invariant --where family=antonym,language=fr --share 0.95 --atlas my.atlas")

    @Option(name: .customLong("where"), help: "The group: name=value, several between commas.") var filter: PromptFilter
    @Option(help: "The share of the group that a feature must be active in.") var share = 0.9
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws { try requireShare(share, "--share") }

    func run() throws {
        let reader = try file.reader()
        let report = try reader.invariant(filter, share: share, limit: limit.limit)
        try output.print(report, lists: [.init("features", report.features), .init("absent", report.absent)]) {
            (InvariantText(report).lines + StoredOnlyText(reader).lines).forEach { print($0) }
        }
    }
}
