import ArgumentParser
import AtlasQuery

struct LayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers", abstract: "How many features of each layer fire, and how often.",
        discussion: "  atlas query layers --atlas my.atlas")

    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        let report = try reader.layers()
        try output.print(report, lists: [.init("layers", report.layers)]) {
            var table = TextTable([">layer", ">fire", ">dead", ">active a token", ">dense", ">named"])
            for layer in report.layers {
                table.add([
                    "\(layer.layer)", layer.firedCount.grouped, layer.deadCount.grouped,
                    layer.activeFeaturesPerToken?.fixed(2) ?? "–", layer.denseCount.grouped, layer.labelCount.grouped,
                ])
            }
            print(
                "features of each layer over \(report.countedTokens.grouped) tokens; dense: at more than a tenth of them"
            )
            table.print()
            StoredOnlyText(reader).lines.forEach { print($0) }
        }
    }
}
