import ArgumentParser
import AtlasQuery
import Circuits

struct UpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "What drives a feature, across prompts: features, tokens and errors.",
        discussion: "  atlas query upstream 2/157 --atlas my.atlas")

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: JSONOutput

    func run() throws {
        let neighbours = try file.reader().upstream(of: feature, limit: limit.limit)
        try output.print(neighbours) {
            NeighboursText("what drives \(feature)", neighbours).lines.forEach { print($0) }
        }
    }
}

struct DownstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downstream", abstract: "What a feature drives, across prompts: features and logits.",
        discussion: "  atlas query downstream 2/157 --atlas my.atlas")

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: JSONOutput

    func run() throws {
        let neighbours = try file.reader().downstream(of: feature, limit: limit.limit)
        try output.print(neighbours) {
            NeighboursText("what \(feature) drives", neighbours).lines.forEach { print($0) }
        }
    }
}
