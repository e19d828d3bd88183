import AtlasExport

/// One module of the pages, read line by line.
///
/// Modules keep to a part of the language: an import is one line `import {a, b} from "./x.js";` or `import "./x.js";`, an export
/// stands before a declaration at the beginning of a line.
struct PageModule {
    /// The file's name.
    let name: String
    /// The names of the modules that it imports, in their order.
    private(set) var imports: [String] = []
    /// Its text without imports and without the word `export`.
    private(set) var script = ""
    /// What it declares at the beginning of a line.
    private(set) var declarations: [String] = []

    private static let keywords: Set<Substring> = ["function", "function*", "const", "let", "class"]

    /// - Throws: `ExportError` for an import or export of another form
    init(name: String, text: String) throws(ExportError) {
        self.name = name
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("import") {
                guard let imported = Self.imported(line) else {
                    throw ExportError(place: name, expected: "import {a, b} from \"./x.js\";", found: String(line))
                }
                imports.append(imported)
                continue
            }
            let isExported = line.hasPrefix("export ")
            let kept = isExported ? line.dropFirst("export ".count) : line
            let declared = Self.declared(kept)
            guard !isExported || declared != nil else {
                throw ExportError(place: name, expected: "export before a declaration", found: String(line))
            }
            if let declared, !declared.isEmpty { declarations.append(declared) }
            script += kept + "\n"
        }
    }

    /// The file that a line imports; `nil` for a line of another form.
    private static func imported(_ line: Substring) -> String? {
        var rest = line.dropFirst("import".count)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        guard rest.hasPrefix(" "), rest.hasSuffix("\";") else { return nil }
        rest = rest.dropFirst().dropLast(2)
        if rest.hasPrefix("{") {
            guard let end = rest.firstIndex(of: "}") else { return nil }
            rest = rest[rest.index(after: end)...]
            guard rest.hasPrefix(" from ") else { return nil }
            rest = rest.dropFirst(" from ".count)
        }
        guard rest.hasPrefix("\"./") else { return nil }
        let file = rest.dropFirst(3)
        return file.isEmpty || file.contains("\"") || file.contains("/") ? nil : String(file)
    }

    /// The name that a line declares, empty where it takes an object or an array apart; `nil` where it declares nothing.
    private static func declared(_ line: Substring) -> String? {
        var words = line.split(separator: " ", maxSplits: 2)
        guard !line.hasPrefix(" ") else { return nil }
        if words.first == "async" {
            words = line.dropFirst("async".count).split(separator: " ", maxSplits: 2)
        }
        guard words.count > 1, keywords.contains(words[0]) else { return nil }
        return String(words[1].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" })
    }
}
