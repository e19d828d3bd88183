import AtlasExport
import AtlasInterface
import Foundation

/// The pages' files for a folder that opens from disk, where a browser refuses to load modules: all modules become one
/// classic script, each behind those that it imports. No two modules declare the same name.
struct PageBundle {
    /// Names and texts.
    let files: [(name: String, text: String)]

    private static let home = "index.html"
    private static let entryStart = "<script type=\"module\" src=\""
    private static let entryEnd = "\"></script>"
    private static let source = "<meta name=\"atlas-source\" content=\"server\">"

    /// Bundles the modules that `index.html` begins with.
    init(_ pages: [(name: String, text: String)] = Pages.files) throws(ExportError) {
        let texts = Dictionary(uniqueKeysWithValues: pages.map { ($0.name, $0.text) })
        guard let page = texts[Self.home] else {
            throw ExportError(place: "pages", expected: Self.home, found: "none")
        }
        let parts = page.components(separatedBy: Self.entryStart)
        guard parts.count == 2, let end = parts[1].range(of: Self.entryEnd) else {
            throw ExportError(place: Self.home, expected: "one script of type module", found: "\(parts.count - 1)")
        }
        guard page.contains(Self.source) else {
            throw ExportError(place: Self.home, expected: Self.source, found: "none")
        }
        let name = String(parts[1][..<end.lowerBound])
        let bundled = parts[0] + "<script src=\"\(name)\"></script>" + parts[1][end.upperBound...]
        files =
            [
                (Self.home, bundled.replacing(Self.source, with: "<meta name=\"atlas-source\" content=\"folder\">")),
                (name, try Self.script(of: try Self.inOrder(from: name, texts))),
            ] + pages.filter { $0.name != Self.home && !$0.name.hasSuffix(".js") }
    }

    /// All modules that one needs, each behind those that it imports, in the order of the imports.
    private static func inOrder(from entry: String, _ texts: [String: String]) throws(ExportError) -> [PageModule] {
        var visited: Set<String> = []
        var order: [PageModule] = []
        func visit(_ name: String, from importer: String) throws(ExportError) {
            guard visited.insert(name).inserted else { return }
            guard let text = texts[name] else {
                throw ExportError(place: importer, expected: "a module that is there", found: name)
            }
            let module = try PageModule(name: name, text: text)
            for imported in module.imports { try visit(imported, from: name) }
            order.append(module)
        }
        try visit(entry, from: home)
        return order
    }

    /// The modules as one script.
    private static func script(of modules: [PageModule]) throws(ExportError) -> String {
        var owners: [String: String] = [:]
        for module in modules {
            for name in module.declarations {
                if let owner = owners.updateValue(module.name, forKey: name) {
                    throw ExportError(
                        place: module.name, expected: "names that no other module declares",
                        found: "\(name), which \(owner) declares")
                }
            }
        }
        let body = modules.map { "\n// \($0.name)\n" + $0.script }.joined()
        return "\"use strict\";\n(() => {\n" + body + "})();\n"
    }
}
