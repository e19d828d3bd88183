import ArgumentParser
import AtlasQuery
import Circuits

struct CorrelatedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correlated", abstract: "Which features fire where a feature fires.",
        discussion: """
            Over every counted token of the atlas, or of a group of prompts.

              atlas query correlated 2/157 --atlas my.atlas
              atlas query correlated 2/157 --by jaccard --where family=addition --atlas my.atlas
            """)

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @Option(name: .customLong("by"), help: "What comes first.") var ranking: CorrelatedFeatures.Ranking = .pearson
    @OptionGroup var group: PromptGroupOption
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        let report = try reader.correlated(
            with: feature, by: ranking, where: group.filter, limit: limit.limit)
        try output.print(report, lists: [.init("correlated", report.correlated)]) {
            (CorrelatedText(report).lines + StoredOnlyText(reader).lines).forEach { print($0) }
        }
    }
}

extension CorrelatedFeatures.Ranking: ExpressibleByArgument {}
