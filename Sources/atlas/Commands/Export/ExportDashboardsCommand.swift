import ArgumentParser
import AtlasExport
import AtlasQuery
import Circuits
import Foundation

struct ExportDashboardsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards", abstract: "Write the pages as a folder that opens from disk.",
        discussion: """
            The pages that atlas serve shows, read-only: all features that fire, or those that are named, the logits \
            that are explained, and some prompts with their graphs. Open index.html of the folder in a browser; nothing \
            is loaded from any network.

              atlas export dashboards --atlas my.atlas --output dashboards
              atlas export dashboards --features 2/157,0/303 --atlas my.atlas --output dashboards
              atlas export dashboards --prompts 3000 --compare family --atlas my.atlas --output dashboards
            """)

    @Option(help: "Features with commas between; all that fire unless given.") var features: String?
    @Option(help: "Prompts whose graphs are written, spread over all that have one.") var prompts = DashboardExport
        .usualPrompts
    @Option(help: "Logits whose global circuit is written, those of most prompts first.") var circuits = 20
    @Option(help: ArgumentHelp("A tag whose values are compared with each other.", valueName: "tag"))
    var compare: String?
    @OptionGroup var file: AtlasFileOption
    @Option(help: "The folder to write to; made if there is none.") var output: String
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws {
        try OutputPlace.requireFolder(output)
        guard prompts >= 0 else { throw ValidationError("--prompts: expected 0 or more, found \(prompts)") }
        guard circuits >= 0 else { throw ValidationError("--circuits: expected 0 or more, found \(circuits)") }
        guard let features else { return }
        if let wrong = features.split(separator: ",", omittingEmptySubsequences: false).first(where: {
            FeatureID($0) == nil
        }) {
            throw ValidationError("--features: expected layer/index with commas between, found \(wrong)")
        }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let chosen = features?.split(separator: ",").compactMap { FeatureID($0) }
        let export = try DashboardExport(
            try file.reader(), features: chosen, promptLimit: prompts, circuits: circuits, comparing: compare)
        try export.write(to: output) { progress.show("exporting", done: $0, total: $1, unit: "answers") }
        print(URL(fileURLWithPath: output).appendingPathComponent("index.html").path)
    }
}
