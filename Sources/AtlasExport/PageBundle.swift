import AtlasInterface

/// The pages' files for a folder that opens from disk, where a browser refuses to load modules: all modules become one
/// classic script, each behind those that it imports.
///
/// The modules keep to a part of the language: an import is one line `import {a, b} from "./x.js";`, an export stands
/// before a declaration at the beginning of a line, and no two modules declare the same name.
struct PageBundle {
    /// Names and texts.
    let files: [(name: String, text: String)]

    /// Bundles the modules that `index.html` begins with.
    init(_ pages: [(name: String, text: String)] = Pages.files) throws(ExportError) {
        let texts = Dictionary(uniqueKeysWithValues: pages.map { ($0.name, $0.text) })
        guard let home = texts["index.html"] else {
            throw ExportError(place: "pages", expected: "index.html", found: "none")
        }
        guard let entry = home.firstMatch(of: /<script type="module" src="([^"]+)"><\/script>/) else {
            throw ExportError(place: "index.html", expected: "one script of type module", found: "none")
        }
        let name = String(entry.1)
        var order: [String] = []
        var visited: Set<String> = []
        try Self.visit(name, from: "index.html", texts: texts, visited: &visited, order: &order)
        var owners: [String: String] = [:]
        var script = "\"use strict\";\n(() => {\n"
        for module in order { script += try Self.stripped(module, texts[module]!, owners: &owners) }
        script += "})();\n"
        let source = "<meta name=\"atlas-source\" content=\"server\">"
        guard home.contains(source) else {
            throw ExportError(place: "index.html", expected: source, found: "none")
        }
        let page = home.replacing(entry.0, with: "<script src=\"\(name)\"></script>")
            .replacing(source, with: "<meta name=\"atlas-source\" content=\"folder\">")
        files =
            [("index.html", page), (name, script)]
            + pages.filter { $0.name != "index.html" && !$0.name.hasSuffix(".js") }
    }

    /// Puts a module behind those that it imports, in the order of the imports.
    private static func visit(
        _ name: String, from importer: String, texts: [String: String], visited: inout Set<String>,
        order: inout [String]
    ) throws(ExportError) {
        guard visited.insert(name).inserted else { return }
        guard let text = texts[name] else {
            throw ExportError(place: importer, expected: "a module that is there", found: name)
        }
        for line in text.split(separator: "\n") where line.hasPrefix("import") {
            guard let match = line.wholeMatch(of: /import (?:\{[^}]*\} from )?"\.\/([^"\/]+)";\s*/) else {
                throw ExportError(place: name, expected: "import {a, b} from \"./x.js\";", found: String(line))
            }
            try visit(String(match.1), from: name, texts: texts, visited: &visited, order: &order)
        }
        order.append(name)
    }

    /// A module's text without its imports and exports.
    ///
    /// - Parameter owners: the modules of the names declared so far
    private static func stripped(
        _ name: String, _ text: String, owners: inout [String: String]
    ) throws(ExportError) -> String {
        var result = "\n// \(name)\n"
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("import") { continue }
            var kept = line
            if line.hasPrefix("export ") {
                kept = line.dropFirst("export ".count)
                guard kept.firstMatch(of: /^(?:async )?(?:function|const|let|class)\b/) != nil else {
                    throw ExportError(place: name, expected: "export before a declaration", found: String(line))
                }
            }
            if let declaration = kept.firstMatch(of: /^(?:async )?(?:function\*?|const|let|class) +([\w$]+)/) {
                if let owner = owners.updateValue(name, forKey: String(declaration.1)) {
                    throw ExportError(
                        place: name, expected: "names that no other module declares",
                        found: "\(declaration.1), which \(owner) declares")
                }
            }
            result += kept + "\n"
        }
        return result
    }
}
