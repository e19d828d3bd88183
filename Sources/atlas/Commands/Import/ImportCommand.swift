import ArgumentParser

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in what others made: attribution graphs, without a model.",
        discussion: """
              atlas import graphs downloads --atlas found.atlas
            """,
        subcommands: [ImportGraphsCommand.self])
}
