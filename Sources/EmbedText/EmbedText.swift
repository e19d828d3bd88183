import Foundation

/// Writes one Swift file that holds every file of a folder as a string literal.
///
/// Usage: `EmbedText ENUM FOLDER OUTPUT`. The output declares `enum ENUM { static let files: [(name: String, text: String)] }`
/// with the files in order of name, so that the binary needs no resource folder beside it.
@main
struct EmbedText {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else {
            FileHandle.standardError.write(Data("usage: EmbedText ENUM FOLDER OUTPUT\n".utf8))
            exit(64)
        }
        let folder = URL(fileURLWithPath: arguments[2], isDirectory: true)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
            .sorted()
        var source = "/// Made by EmbedText from \(folder.lastPathComponent)/; edit the files there.\n"
        source += "enum \(arguments[1]) {\n    static let files: [(name: String, text: String)] = [\n"
        for name in names {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            source += "        (\"\(name)\", ####\"\"\"\n\(text)\n\"\"\"####),\n"
        }
        source += "    ]\n}\n"
        try source.write(toFile: arguments[3], atomically: true, encoding: .utf8)
    }
}
