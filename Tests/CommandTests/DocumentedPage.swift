import Foundation

/// A page that people read: the README, or an article of a module's catalogue.
struct DocumentedPage: CustomStringConvertible {
    /// Its path below the package's root.
    let path: String
    let text: String

    /// The package's root, found from this file.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    var description: String { path }

    /// The README first, then the articles by path.
    static func all() throws -> [DocumentedPage] {
        let sources = root.appendingPathComponent("Sources").path
        let articles = try FileManager.default.subpathsOfDirectory(atPath: sources).filter {
            $0.contains(".docc/") && $0.hasSuffix(".md")
        }
        return try (["README.md"] + articles.sorted().map { "Sources/" + $0 }).map { path in
            DocumentedPage(
                path: path, text: try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8))
        }
    }

    /// The contents of its blocks of code by language; those that are indented have none.
    var blocks: [(language: String, text: String)] {
        text.matches(of: /(?:^|\n)```(\w*)\n((?:.|\n)*?)```/).map { (String($0.1), String($0.2)) }
            + withoutBlocks.matches(of: /(?:^|\n)\n((?:    [^\n]*\n)+)/).map { ("", String($0.1)) }
    }

    private var withoutBlocks: String { text.replacing(/(?:^|\n)```\w*\n(?:.|\n)*?```/, with: "\n") }

    /// The commands of the program that it shows and that no test runs: in other blocks than `sh`, and in sentences.
    var commandsThatAreNotRun: [[String]] {
        let blocks = blocks.filter { $0.language != "sh" }.flatMap { block in
            block.text.replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
        }
        let sentences = withoutBlocks.matches(of: /`(atlas [^`]+)`/).map { String($0.1).replacing("\n", with: " ") }
        return (blocks + sentences).flatMap { ShellWords($0).commands }
            .compactMap { words in
                let own = words.first == "$" ? words.dropFirst() : words[...]
                return own.first == "atlas" && own.count > 1 ? Array(own.dropFirst()) : nil
            }
    }

    /// Commands with what is shown of their output: blocks whose first line is `$ atlas …`.
    var shownOutputs: [(command: String, output: [String])] {
        blocks.compactMap { block in
            let lines = block.text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
            guard let first = lines.first, first.hasPrefix("$ atlas ") else { return nil }
            return (String(first.dropFirst(2)), Array(lines.dropFirst()))
        }
    }
}
