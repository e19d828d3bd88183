import AtlasDashboards
import AtlasExport
import AtlasInterface
import AtlasQuery
import AtlasStore
import Circuits
import Foundation
import Testing

/// The pages as a folder, from a real atlas.
@Suite(.serialized) struct FolderExportTests {
    private func export(
        _ service: AtlasService, _ content: DashboardContent, _ check: (URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas-folder-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try DashboardExporter(service, folder: folder).write(content)
        try check(folder)
    }

    /// What a data file hands over.
    private func received(_ name: String, in folder: URL) throws -> (path: String, value: Data) {
        let text = try String(contentsOf: folder.appendingPathComponent("data/\(name)"), encoding: .utf8)
        let match = try #require(text.wholeMatch(of: /atlasReceive\(("[^"]*"),(.*)\);\n/.dotMatchesNewlines()))
        return (try JSONDecoder().decode(String.self, from: Data(match.1.utf8)), Data(match.2.utf8))
    }

    @Test func `an export holds the answers of the routes`() throws {
        let service = try DemoService.reading()
        let reader = service.reader
        let prompt = try reader.prompts(where: .all, needGraphs: true)[0]
        let token = try reader.token(" Austin")
        let content = DashboardContent(
            features: [FeatureID(layer: 5, index: 283), FeatureID(layer: 0, index: 228)], prompts: [prompt],
            logits: [token], circuits: 1)
        try export(service, content) { folder in
            let feature = try received("features_2f5_2f283.js", in: folder)
            #expect(feature.path == "features/5/283")
            #expect(
                try JSONDecoder().decode(FeatureReport.self, from: feature.value)
                    == service.value("features/5/283", as: FeatureReport.self))
            let graph = try received("prompts_2f\(prompt)_2fgraph.js", in: folder)
            #expect(try JSONDecoder().decode(GraphReport.self, from: graph.value).prompt == prompt)
            let drivers = try received("logits_2f\(token).js", in: folder)
            #expect(try JSONDecoder().decode(DriversReport.self, from: drivers.value) == reader.drivers(of: token))
            #expect(try received("circuits_3ftoken_3d\(token).js", in: folder).path == "circuits?token=\(token)")
            let features = try JSONDecoder().decode(
                ItemList<FeatureListItem>.self, from: received("features.js", in: folder).value)
            #expect(Set(features.items.map(\.feature)) == Set(content.features))
            let prompts = try JSONDecoder().decode(
                ItemList<PromptListItem>.self, from: received("prompts.js", in: folder).value)
            #expect(prompts.items.filter(\.hasGraph).map(\.id) == [prompt])
            #expect(try received("atlas.js", in: folder).path == "atlas")
            let links = try JSONDecoder().decode(
                GraphHeadsReport.self, from: received("prompts_2f\(prompt)_2fgraph_2fheads.js", in: folder).value)
            #expect(links.isComputed && !links.heads.isEmpty)
            for head in try reader.heads().heads {
                let own = try received("heads_2f\(head.layer)_2f\(head.head).js", in: folder)
                let report = try JSONDecoder().decode(HeadReport.self, from: own.value)
                #expect(try report == service.value("heads/\(head.layer)/\(head.head)?limit=20"))
            }
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                let size = try folder.appendingPathComponent(name).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
                let isAnswer = name.hasPrefix("data/")
                #expect(size <= (isAnswer ? DashboardExporter.fileLimit : DashboardExporter.pageLimit), "\(name)")
            }
        }
    }

    @Test func `a hostile label stays text in an export`() throws {
        let service = try DemoService.writing()
        let hostile = "</script><script>alert(1)</script>\u{202e}"
        let feature = FeatureID(layer: 5, index: 283)
        #expect(throws: AtlasError.self) { try service.writer?.setLabel("two\u{2028}lines", of: feature) }
        try service.writer?.setLabel(hostile, of: feature)
        try export(service, DashboardContent(features: [feature])) { folder in
            for name in ["features.js", "features_2f5_2f283.js"] {
                let text = try String(contentsOf: folder.appendingPathComponent("data/\(name)"), encoding: .utf8)
                #expect(!text.contains("<") && !text.unicodeScalars.contains("\u{2028}"))
            }
            let report = try JSONDecoder().decode(
                FeatureReport.self, from: received("features_2f5_2f283.js", in: folder).value)
            #expect(report.label == hostile)
        }
    }

    @Test func `an export that failed leaves the one before as it was, and can be made again`() throws {
        let service = try DemoService.reading()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas-folder-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let exporter = DashboardExporter(service, folder: folder)
        let feature = FeatureID(layer: 5, index: 283)
        try exporter.write(DashboardContent(features: [feature]))
        func files() throws -> [String: Data] {
            let data = folder.appendingPathComponent("data")
            return try FileManager.default.contentsOfDirectory(atPath: data.path).reduce(into: [:]) { files, name in
                files[name] = try Data(contentsOf: data.appendingPathComponent(name))
            }
        }
        let before = try files()
        #expect(before["atlas.js"] != nil)
        #expect(throws: Problem.self) {
            try exporter.write(DashboardContent(features: [FeatureID(layer: 5, index: 511_000)]))
        }
        #expect(try files() == before)
        try exporter.write(DashboardContent(features: [feature]))
        #expect(try files() == before)
        #expect(throws: ExportError.self) { try exporter.write(DashboardContent(features: [feature, feature])) }
    }
}
