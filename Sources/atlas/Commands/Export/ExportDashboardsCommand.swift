import ArgumentParser
import AtlasExport
import AtlasQuery
import Circuits
import Foundation

struct ExportDashboardsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards", abstract: "Write feature dashboards that open from disk.",
        discussion: """
            All features that fire, or those that are named. Open index.html of the folder in a browser; nothing is \
            loaded from any network.

              atlas export dashboards --atlas my.atlas --output dashboards
              atlas export dashboards --features 2/157,0/303 --atlas my.atlas --output dashboards
            """)

    @Option(help: "Features with commas between; all that fire unless given.") var features: String?
    @OptionGroup var file: AtlasFileOption
    @Option(help: "The folder to write to; made if there is none.") var output: String
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws {
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
        let export = try DashboardExport(try file.reader(), features: chosen)
        try export.write(to: output) { progress.show("exporting", done: $0, total: $1, unit: "dashboards") }
        print(URL(fileURLWithPath: output).appendingPathComponent("index.html").path)
    }
}
