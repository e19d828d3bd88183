import ArgumentParser

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write graphs and dashboards that other tools and people open.",
        discussion: """
              atlas export graph --prompt two-step-0003 --atlas my.atlas --output graphs
              atlas export dashboards --atlas my.atlas --output dashboards
            """,
        subcommands: [ExportGraphCommand.self, ExportDashboardsCommand.self])
}
