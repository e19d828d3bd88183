import ArgumentParser

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in what others made: graphs, without a model, and names.",
        discussion: """
              atlas import graphs downloads --atlas found.atlas
              atlas import raw one.safetensors two.safetensors --atlas found.atlas
              atlas import labels labels.csv --atlas my.atlas
            """,
        subcommands: [ImportGraphsCommand.self, ImportRawCommand.self, ImportLabelsCommand.self])
}
