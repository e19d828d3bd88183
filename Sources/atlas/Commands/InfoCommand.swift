import ArgumentParser
import AtlasQuery
import Foundation

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "What an atlas is about, how much it holds and how good it is.",
        discussion: "  atlas info my.atlas")

    @Argument(help: "The atlas.") var atlas: String
    @OptionGroup var output: JSONOutput

    func run() throws {
        let information = try AtlasReader.open(atlas).information()
        try output.print(information) { InformationText(information).lines.forEach { print($0) } }
    }
}
