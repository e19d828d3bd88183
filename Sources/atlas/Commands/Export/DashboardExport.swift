import AtlasExport
import AtlasQuery
import Circuits
import Foundation

/// The dashboards of an atlas, as `export dashboards` and `demo` write them.
struct DashboardExport {
    private let reader: AtlasReader
    private let features: [FeatureID]

    /// Exports `features`, or all that fire.
    init(_ reader: AtlasReader, features: [FeatureID]?) throws {
        self.reader = reader
        self.features = try features ?? reader.firedFeatures()
    }

    /// Writes pages and data; `progress` is called with dashboards done and in all.
    func write(to folder: String, progress: (Int, Int) -> Void) throws {
        let information = try reader.information()
        let exporter = DashboardExporter(
            folder: URL(fileURLWithPath: folder, isDirectory: true),
            description: DashboardExporter.Description(
                title: URL(fileURLWithPath: reader.atlas.path).lastPathComponent, model: information.modelName,
                transcoders: information.transcoderName, promptCount: information.promptCount,
                tokenCount: information.countedTokens))
        try exporter.write(features: features, progress: { progress($0, features.count) }) { try reader.feature($0) }
    }
}
