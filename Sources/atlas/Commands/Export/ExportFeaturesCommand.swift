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
            them by their scan: circuit-tracer's server shows the graphs of the folder it is given as ./data, so those \
            in site are written with --scan ./data/feat where the features are in site/feat.

              atlas export features --atlas my.atlas --output site/feat
              atlas export features --features 2/157,0/303 --atlas my.atlas --output site/feat
            """)

    @OptionGroup var chosen: ChosenFeaturesOption
    @OptionGroup var file: AtlasFileOption
    @Option(help: "The folder to write to; made if there is none.") var output: String
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws { try OutputPlace.requireFolder(output) }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let folder = try FeatureFolder(try file.reader(), features: chosen.list)
        try folder.write(to: URL(fileURLWithPath: output, isDirectory: true)) {
            progress.show("exporting", done: $0, total: folder.count, unit: "features")
        }
        progress.end()
        print("\(output): \(folder.count.grouped) features")
    }
}

/// Which features are written.
struct ChosenFeaturesOption: ParsableArguments {
    @Option(help: "Features with commas between; all that fire unless given.") var features: String?

    /// As given; `nil`: all.
    var list: [FeatureID]? { features?.split(separator: ",").compactMap { FeatureID($0) } }

    func validate() throws {
        if let wrong = features?.split(separator: ",", omittingEmptySubsequences: false).first(where: {
            FeatureID($0) == nil
        }) {
            throw ValidationError("--features: expected layer/index with commas between, found \(wrong)")
        }
    }
}
