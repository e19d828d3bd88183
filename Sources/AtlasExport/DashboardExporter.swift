import AtlasInterface
import AtlasQuery
import Circuits
import Foundation

/// Writes feature dashboards as a folder of static pages, which opens from disk without a network.
///
///     let exporter = DashboardExporter(folder: folder, description: description)
///     try exporter.write(features: features) { try query.feature($0) }
///
/// The folder holds the pages, `data/index.js` with what the overview needs to begin, `data/index/N.js` with its rows,
/// and `data/feature/LAYER-INDEX.js` for each feature. No file is larger than `DashboardExporter.fileLimit`.
public struct DashboardExporter: Sendable {
    /// What the overview says about the atlas.
    public struct Description: Sendable {
        /// The heading.
        public var title: String
        /// The language model.
        public var model: String
        /// The transcoder set.
        public var transcoders: String
        /// How many prompts the statistics are about.
        public var promptCount: Int
        /// How many tokens the statistics are about.
        public var tokenCount: Int

        /// Describes an atlas.
        public init(title: String, model: String, transcoders: String, promptCount: Int, tokenCount: Int) {
            self.title = title
            self.model = model
            self.transcoders = transcoders
            self.promptCount = promptCount
            self.tokenCount = tokenCount
        }
    }

    /// The largest file that is written, in bytes.
    public static let fileLimit = 300_000

    private let folder: URL
    private let description: Description

    /// Will write into `folder`.
    public init(folder: URL, description: Description) {
        self.folder = folder
        self.description = description
    }

    /// Writes the pages and the data of `features`, in this order.
    ///
    /// An earlier export in the folder is replaced; its list of features goes first and the new one comes last, so that
    /// a list never names a feature that is not there. Only one report is in memory at a time.
    /// - Parameters:
    ///   - progress: called with the number of features written so far.
    ///   - report: gives a feature's report.
    /// - Throws: `ExportError` for a folder that holds something else, a feature given twice, or a report that
    ///   contradicts itself; whatever `report` throws; errors of the file system.
    public func write(
        features: [FeatureID], progress: (Int) -> Void = { _ in }, report: (FeatureID) throws -> FeatureReport
    ) throws {
        let exported = Set(features)
        guard exported.count == features.count else {
            throw ExportError(
                place: "features to export", expected: "each feature once",
                found: "\(features.count - exported.count) repeated")
        }
        try writing(to: folder) { try prepareFolder() }
        var index = DashboardIndex()
        for (ordinal, feature) in features.enumerated() {
            let report = try report(feature)
            guard report.feature == feature else {
                throw ExportError(
                    place: "feature \(feature)", expected: "its own report", found: "that of \(report.feature)")
            }
            let page = DashboardFeature(
                report: report, previous: ordinal > 0 ? features[ordinal - 1] : nil,
                next: ordinal + 1 < features.count ? features[ordinal + 1] : nil, exported: exported)
            try write(try page.script(limit: Self.fileLimit), to: DashboardFeature.path(of: feature))
            index.append(report)
            progress(ordinal + 1)
        }
        for (path, script) in index.scripts(description) { try write(script, to: path) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = folder.appendingPathComponent(path)
        try writing(to: file) { try Data(bytes).write(to: file) }
    }

    /// Makes the folders and writes the pages; what an earlier export left is removed, anything else is refused.
    private func prepareFolder() throws {
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let contents = try manager.contentsOfDirectory(atPath: folder.path)
        let home = try? String(contentsOf: folder.appendingPathComponent("index.html"), encoding: .utf8)
        guard contents.isEmpty || home?.contains(Self.generatorMark) == true else {
            throw ExportError(
                place: folder.lastPathComponent, expected: "an empty folder or an earlier export",
                found: "\(contents.count) other files", advice: "choose a new folder")
        }
        let data = folder.appendingPathComponent("data")
        if manager.fileExists(atPath: data.path) {
            try? manager.removeItem(at: data.appendingPathComponent("index.js"))
            try manager.removeItem(at: data)
        }
        for name in ["data/index", "data/feature"] {
            try manager.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        for page in Pages.files { try write(Array(page.text.utf8), to: page.name) }
    }

    /// The line of `index.html` by which an export is known.
    private static let generatorMark = "<meta name=\"generator\" content=\"Feature Atlas\">"
}
