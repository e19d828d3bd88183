import ArgumentParser
import AtlasExport
import AtlasQuery
import Circuits
import Foundation

struct ExportFeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Write what circuit-tracer's viewer shows in its feature panel.",
        discussion: """
            Examples with activations, promoted and suppressed tokens, histogram, quantiles and frequency of every \
            feature that fires, or of those named, in both forms that viewers read: FOLDER/<number>.json, for a scan \
            that begins ./, and FOLDER/features/index.json.gz with layer_<k>.bin, for one that begins /. Graphs find \
            them by their scan: `atlas export graph --scan ./feat`.

              atlas export features --atlas my.atlas --output site/feat
              atlas export features --features 2/157,0/303 --atlas my.atlas --output site/feat
            """)

    @Option(help: "Features with commas between; all that fire unless given.") var features: String?
    @OptionGroup var file: AtlasFileOption
    @Option(help: "The folder to write to; made if there is none.") var output: String
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws {
        try OutputPlace.requireFolder(output)
        if let wrong = features?.split(separator: ",", omittingEmptySubsequences: false).first(where: {
            FeatureID($0) == nil
        }) {
            throw ValidationError("--features: expected layer/index with commas between, found \(wrong)")
        }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let chosen = features?.split(separator: ",").compactMap { FeatureID($0) }
        let folder = try FeatureFolder(try file.reader(), features: chosen)
        try folder.write(to: URL(fileURLWithPath: output, isDirectory: true)) {
            progress.show("exporting", done: $0, total: folder.count, unit: "features")
        }
        progress.end()
        print("\(output): \(folder.count.grouped) features")
    }
}
