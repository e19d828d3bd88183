import ArgumentParser
import AtlasQuery
import Circuits

struct FeatureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feature", abstract: "What excites a feature, what it writes, and its neighbours.",
        discussion: "  atlas query feature 2/157 --atlas my.atlas")

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: JSONOutput

    func run() throws {
        let report = try file.reader().feature(feature)
        try output.print(report) { FeatureText(report).lines.forEach { print($0) } }
    }
}
