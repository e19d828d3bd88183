import AtlasExport
import AtlasInterface
import Foundation
import Testing

@testable import AtlasDashboards

@Suite struct DashboardFolderTests {
    private static let json = Data("{\"label\":\"</script><b>\",\"end\":\"\u{2028}\"}".utf8)

    @Test func `an answer's file is one call that holds no markup`() throws {
        let folder = try TemporaryFolder()
        let dashboards = try DashboardFolder(folder.url)
        #expect(try dashboards.write(Self.json, at: "features/2/157"))
        try dashboards.publish()
        let text = try folder.text("data/features_2f2_2f157.js")
        #expect(text.hasPrefix("atlasReceive(\"features/2/157\",{") && text.hasSuffix(");\n"))
        #expect(!text.contains("<") && !text.unicodeScalars.contains("\u{2028}"))
        let value = text.dropFirst("atlasReceive(\"features/2/157\",".count).dropLast(");\n".count)
        let before = try JSONSerialization.jsonObject(with: Self.json) as? [String: String]
        #expect(try JSONSerialization.jsonObject(with: Data(value.utf8)) as? [String: String] == before)
    }

    @Test(arguments: [
        ("atlas", "atlas.js"), ("features/2/157", "features_2f2_2f157.js"),
        ("diff?a=state%3DTexas&b=x_y", "diff_3fa_3dstate_253_44_54exas_26b_3dx_5fy.js"), ("é\n", "_c3_a9_0a.js"),
    ])
    func `a file's name has plain characters only, and tells paths apart`(path: String, name: String) {
        #expect(DashboardScript.name(of: path) == name)
    }

    @Test func `a long path has a name that file systems take, and a page computes`() {
        let path = "logit?token=" + String(repeating: "%E5%A5%BD", count: 40)
        let name = DashboardScript.name(of: path)
        // What the pages' own function gives in a browser.
        #expect(name.hasPrefix("logit_3ftoken_3d_25_455") && name.hasSuffix("_25_4_-6da8c78c1a4adcb9.js"))
        #expect(name.utf8.count == 203)
        #expect(DashboardScript.name(of: path + "x").utf8.count == 203 && DashboardScript.name(of: path + "x") != name)
    }

    @Test func `an answer above the limit is not written`() throws {
        let folder = try TemporaryFolder()
        let dashboards = try DashboardFolder(folder.url)
        let large = Data("\"\(String(repeating: "<", count: DashboardFolder.fileLimit / 6))\"".utf8)
        #expect(try !dashboards.write(large, at: "large"))
        try dashboards.publish()
        #expect(throws: (any Error).self) { try folder.text("data/large.js") }
    }

    @Test func `an earlier export is replaced whole`() throws {
        let folder = try TemporaryFolder()
        try export("features/0/1", to: folder)
        try Data("old".utf8).write(to: folder.url.appendingPathComponent("oldPage.js"))
        try export("features/0/2", to: folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        #expect(!names.contains("oldPage.js"))
        #expect(names.filter { $0.hasPrefix("data/") } == ["data/features_2f0_2f2.js"])
    }

    private func export(_ path: String, to folder: TemporaryFolder) throws {
        let dashboards = try DashboardFolder(folder.url)
        #expect(try dashboards.write(Self.json, at: path))
        try dashboards.publish()
    }

    @Test func `an export that was given up leaves the earlier one, and nothing of itself`() throws {
        let folder = try TemporaryFolder()
        try export("features/0/1", to: folder)
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted()
        do {
            let given = try DashboardFolder(folder.url)
            #expect(try given.write(Self.json, at: "features/0/2"))
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted() == before)
        let new = folder.url.appendingPathComponent("new")
        do { _ = try DashboardFolder(new) }
        #expect(!FileManager.default.fileExists(atPath: new.path))
    }

    @Test func `a folder with something else in it is left alone`() throws {
        let folder = try TemporaryFolder()
        try Data("mine".utf8).write(to: folder.url.appendingPathComponent("index.html"))
        #expect(throws: ExportError.self) { try DashboardFolder(folder.url) }
        #expect(try folder.text("index.html") == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["index.html"])
    }
}
