import ArgumentParser

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write graphs, names, features and dashboards that other tools and people open.",
        discussion: """
              atlas export graph --prompt two-step-0003 --atlas my.atlas --output graphs
              atlas export labels --atlas my.atlas --output labels.csv
              atlas export features --atlas my.atlas --output feat
              atlas export bundle --atlas my.atlas --output bundle
              atlas export dashboards --atlas my.atlas --output dashboards
            """,
        subcommands: [
            ExportGraphCommand.self, ExportLabelsCommand.self, ExportFeaturesCommand.self, ExportBundleCommand.self,
            ExportDashboardsCommand.self,
        ])
}
