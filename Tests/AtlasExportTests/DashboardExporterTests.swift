import AtlasQuery
import Circuits
import Foundation
import Testing

@testable import AtlasExport
import AtlasInterface

@Suite struct DashboardExporterTests {
    private let features = (0..<3).flatMap { layer in (0..<5).map { FeatureID(layer: layer, index: $0) } }

    private func export(
        _ features: [FeatureID], to folder: TemporaryFolder, report: (FeatureID) throws -> FeatureReport
    ) throws {
        try DashboardExporter(folder: folder.url, description: .sample).write(features: features, report: report)
    }

    @Test func `the overview lists every feature in order`() throws {
        let folder = try TemporaryFolder()
        try export(features, to: folder) { .sample($0) }
        let head = try folder.received("data/index.js")
        #expect(head.key == "index")
        #expect(head.value["featureCount"] as? Int == 15)
        #expect(head.value["chunkCount"] as? Int == 1)
        let chunk = try folder.received("data/index/0.js")
        #expect(chunk.key == "index/0")
        let rows = try #require(chunk.value["rows"] as? [[Any]])
        #expect(rows.map { "\($0[0])/\($0[1])" } == features.map(\.description))
    }

    @Test func `a feature's file hands over the fields of its report`() throws {
        let folder = try TemporaryFolder()
        let feature = FeatureID(layer: 3, index: 421)
        let report = FeatureReport.sample(feature, label: "x", neighbours: [FeatureID(layer: 1, index: 1), feature])
        try export([feature], to: folder) { _ in report }
        let (key, value) = try folder.received("data/feature/3-421.js")
        #expect(key == "feature/3/421")
        let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        #expect(Set(try #require(encoded).keys).subtracting(value.keys).isEmpty)
        let neighbours = try #require(value["upstream"] as? [[String: Any]])
        #expect(neighbours.map { $0["exported"] as? Bool } == [false, true, false, false])
        #expect((value["topExamples"] as? [[String: Any]])?.count == report.topExamples.count)
    }

    @Test func `a hostile label stays text`() throws {
        let folder = try TemporaryFolder()
        let feature = FeatureID(layer: 0, index: 1)
        try export([feature], to: folder) { .sample($0, label: FeatureReport.hostile) }
        for path in ["data/index/0.js", "data/feature/0-1.js"] {
            let text = try folder.text(path)
            #expect(!text.contains("<"))
            #expect(!text.unicodeScalars.contains("\u{2028}"))
        }
        #expect(try folder.received("data/feature/0-1.js").value["label"] as? String == FeatureReport.hostile)
    }

    @Test func `files hold only what the page, the overview and the features need, under plain names`() throws {
        let folder = try TemporaryFolder()
        try export(features, to: folder) { .sample($0) }
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        let pages = [
            "atlas.css", "atlas.js", "data.js", "elements.js", "examples.js", "feature.js", "index.html",
            "neighbours.js", "overview.js",
        ]
        let data = ["data", "data/index", "data/feature", "data/index.js", "data/index/0.js"]
        #expect(
            Set(paths) == Set(pages + data + features.map { "data/feature/\($0.layer)-\($0.index).js" }))
    }

    @Test func `no file exceeds the limit, however long and many the prompts are`() throws {
        let folder = try TemporaryFolder()
        let feature = FeatureID(layer: 0, index: 0)
        let tokens = (0..<3_000).map { "token\($0)" } + [String(repeating: "<", count: 50_000)]
        try export([feature], to: folder) { .sample($0, tokens: tokens, exampleCount: 60) }
        let (_, value) = try folder.received("data/feature/0-0.js")
        #expect(try folder.text("data/feature/0-0.js").utf8.count <= DashboardExporter.fileLimit)
        for example in try #require(value["topExamples"] as? [[String: Any]]) {
            let first = try #require(example["firstPosition"] as? Int)
            let position = try #require(example["position"] as? Int)
            let shown = try #require(example["tokens"] as? [String])
            #expect((first..<first + shown.count).contains(position))
            #expect((example["activations"] as? [Any])?.count == shown.count)
            #expect(example["tokenCount"] as? Int == tokens.count)
        }
    }

    @Test func `the overview's rows are cut into files below the limit`() {
        let many = (0..<6_000).map { FeatureID(layer: 0, index: $0) }
        let label = String(repeating: "\u{1}", count: 5_000)
        let report = FeatureReport.sample(many[0], label: label, activeTokens: 0)
        var index = DashboardIndex()
        for _ in many { index.append(report) }
        let files = index.scripts(.sample)
        #expect(files.count > 2)
        #expect(files.allSatisfy { $0.bytes.count <= DashboardExporter.fileLimit })
        #expect(files.last?.path == "data/index.js")
    }

    @Test func `an earlier export is replaced whole`() throws {
        let folder = try TemporaryFolder()
        try export(features, to: folder) { .sample($0) }
        try export([features[1]], to: folder) { .sample($0) }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.url.appendingPathComponent("data/feature").path)
        #expect(names == ["0-1.js"])
    }

    @Test func `a folder with something else in it is left alone`() throws {
        let folder = try TemporaryFolder()
        try Data("mine".utf8).write(to: folder.url.appendingPathComponent("index.html"))
        #expect(throws: ExportError.self) { try export(features, to: folder) { .sample($0) } }
        #expect(try folder.text("index.html") == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["index.html"])
    }

    @Test func `an export that failed has no list, and can be made again`() throws {
        struct Interruption: Error {}
        let folder = try TemporaryFolder()
        #expect(throws: Interruption.self) {
            try export(features, to: folder) { if $0.index == 3 { throw Interruption() } else { .sample($0) } }
        }
        #expect(throws: (any Error).self) { try folder.text("data/index.js") }
        try export(features, to: folder) { .sample($0) }
        #expect(try folder.received("data/index.js").value["featureCount"] as? Int == 15)
    }

    @Test func `a feature given twice, or another's report, is refused`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ExportError.self) { try export([features[0], features[0]], to: folder) { .sample($0) } }
        #expect(throws: ExportError.self) {
            try export([features[0]], to: folder) { _ in .sample(FeatureID(layer: 9, index: 9)) }
        }
    }

    @Test func `an example whose activations do not match its tokens is refused`() throws {
        let folder = try TemporaryFolder()
        var report = FeatureReport.sample(features[0], tokens: ["a", "b", "c"])
        let broken = FeatureExample(
            promptID: 1, position: 3, activation: 1, tokens: ["a", "b"], activations: [1, 2], answer: nil)
        report = FeatureReport(
            feature: report.feature, label: nil, labelIsAutomatic: false, activeTokens: 1, countedTokens: 1,
            activePrompts: 1, countedPrompts: 1, maximum: 1, mean: 1, histogram: [], topExamples: [broken],
            intervals: [], promoted: [], suppressed: [], excitedBy: [], upstream: [], downstream: [])
        let error = #expect(throws: ExportError.self) { try export([features[0]], to: folder) { _ in report } }
        #expect(error?.place == "feature 0/0, prompt 1")
    }

    @Test func `the page allows nothing but its own files`() throws {
        let page = try #require(Pages.files.first { $0.name == "index.html" }).text
        #expect(page.contains("default-src 'none'; script-src 'self'; style-src 'self'"))
        #expect(!page.contains("unsafe"))
        for file in Pages.files {
            #expect(
                !file.text.contains("http")
                    || file.text.replacingOccurrences(of: "http-equiv", with: "")
                        .replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "").contains("http") == false
            )
            #expect(!file.text.contains("innerHTML"))
            #expect(file.text.utf8.count < DashboardExporter.fileLimit)
        }
    }

    @Test func `every script that the page names is there`() throws {
        let names = Set(Pages.files.map(\.name))
        let page = try #require(Pages.files.first { $0.name == "index.html" }).text
        let named = page.matches(of: /(?:src|stylesheet" href)="([^"]+)"/).map { String($0.1) }
        #expect(Set(named) == names.subtracting(["index.html"]))
    }
}
