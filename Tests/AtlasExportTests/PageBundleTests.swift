import AtlasExport
import AtlasInterface
import Testing

@testable import AtlasDashboards

@Suite struct PageBundleTests {
    private static let home = """
        <meta name="atlas-source" content="server">
        <script type="module" src="main.js"></script>
        """

    private func bundle(_ modules: [String: String]) throws(ExportError) -> [String: String] {
        let pages = [("index.html", Self.home)] + modules.map { ($0.key, $0.value) }
        return Dictionary(uniqueKeysWithValues: try PageBundle(pages).files.map { ($0.name, $0.text) })
    }

    @Test func `modules come once each, behind those that they import`() throws {
        let files = try bundle([
            "main.js": "import {b} from \"./b.js\";\nimport {c, d} from \"./c.js\";\nb(c);\n",
            "b.js": "import {c} from \"./c.js\";\nexport function b() {}\n",
            "c.js": "export const c = 1;\nexport async function d() {}\nexport class E {}\n",
            "unused.js": "alert(1);\n",
        ])
        #expect(Set(files.keys) == ["index.html", "main.js"])
        let script = try #require(files["main.js"])
        let order = ["const c = 1;", "function b() {}", "b(c);"].map { script.range(of: $0)?.lowerBound }
        #expect(order.allSatisfy { $0 != nil } && order.map { $0! } == order.map { $0! }.sorted())
        #expect(script.matches(of: /const c = 1;/).count == 1)
        #expect(!script.contains("import ") && !script.contains("export ") && !script.contains("alert"))
        #expect(files["index.html"]?.contains("<script src=\"main.js\"></script>") == true)
        #expect(files["index.html"]?.contains("content=\"folder\"") == true)
    }

    @Test(arguments: [
        "import x from \"./b.js\";\n", "import * as b from \"./b.js\";\n", "import {b} from \"https://x/b.js\";\n",
        "import {b} from \"./missing.js\";\n", "export default 1;\n", "export {b};\n",
        "const b = 1;\nimport {b} from \"./b.js\";\n",
    ])
    func `what cannot be bundled is refused`(text: String) {
        #expect(throws: ExportError.self) { try bundle(["main.js": text, "b.js": "export const b = 1;\n"]) }
    }

    @Test func `the pages are bundled below the limit of a file`() throws {
        let files = try PageBundle().files
        #expect(files.contains { $0.name == "index.html" })
        for file in files { #expect(file.text.utf8.count <= DashboardExporter.pageLimit, "\(file.name)") }
    }

    @Test func `the pages name no network, and make no markup of text`() throws {
        for file in Pages.files {
            let text = file.text.replacing("http://www.w3.org/2000/svg", with: "").replacing("http-equiv", with: "")
            #expect(!text.contains("http://") && !text.contains("https://"), "\(file.name)")
            #expect(!text.contains("innerHTML") && !text.contains("eval("), "\(file.name)")
        }
        let page = try #require(Pages.files.first { $0.name == "index.html" }).text
        #expect(page.contains("default-src 'none'; script-src 'self'; style-src 'self'"))
        #expect(!page.contains("unsafe"))
    }
}
