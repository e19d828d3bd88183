import ArgumentParser
import AtlasQuery
import Circuits

extension OperandPosition: ExpressibleByArgument {}
extension OperandClass: ExpressibleByArgument {}

struct OperandsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operands", abstract: "How a feature's activation depends on the two operands of a template.",
        discussion: """
            The prompts are those that have a number for both tags. With --all, every feature that fires in them.

              atlas query operands 0/157 --where corpus=additions --atlas my.atlas
              atlas query operands --all --class diagonal --atlas my.atlas
            """)

    @Argument(help: "The feature, layer/index.") var feature: FeatureID?
    @Flag(help: "Rank all features that fire in the grid.") var all = false
    @Option(name: .customLong("class"), help: "With --all, only bar, stripe, diagonal, lookup, constant or none.")
    var kind: OperandClass?
    @Option(help: "With --all, leave out features that fire in a smaller share of the grid.") var minimumShare = 0.01
    @Option(help: "The tag of the first operand, a.") var rows = "a"
    @Option(help: "The tag of the second operand, b.") var columns = "b"
    @Option(help: "Read the activation at the last token, or where it is largest.") var position = OperandPosition.last
    @Option(name: .customLong("where"), help: "Only these prompts: name=value, several between commas.")
    var filter: PromptFilter?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard (feature != nil) != all else { throw ValidationError("expected either a feature or --all") }
        guard all || kind == nil else { throw ValidationError("--class goes with --all") }
        try requireShare(minimumShare, "--minimum-share")
    }

    func run() throws {
        var options = OperandsOptions()
        options.rowTag = rows
        options.columnTag = columns
        options.position = position
        options.filter = filter ?? .all
        let reader = try file.reader()
        if let feature {
            let report = try reader.operands(of: feature, options: options)
            try output.print(report) { OperandsText(report).lines.forEach { print($0) } }
        } else {
            let ranking = try reader.operandRanking(
                of: kind, options: options, minimumShare: minimumShare, limit: limit.limit)
            try output.print(ranking, lists: [.init("features", ranking.features)]) {
                OperandRankingText(ranking).lines.forEach { print($0) }
            }
        }
    }
}
