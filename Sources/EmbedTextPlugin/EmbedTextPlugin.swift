import Foundation
import PackagePlugin

/// Embeds the folders that a target's `embedded.list` names, one `EnumName path/from/package/root` a line.
///
/// The folder and each of its files are inputs of the build command, so additions, edits and removals are noticed.
@main
struct EmbedTextPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let list = target.directoryURL.appending(path: "embedded.list")
        return try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            guard words.count == 2 else { throw EmbedError(line: String(line)) }
            let folder = context.package.directoryURL.appending(path: String(words[1]))
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let output = context.pluginWorkDirectoryURL.appending(path: "\(words[0]).swift")
            return .buildCommand(
                displayName: "Embedding \(words[1])", executable: try context.tool(named: "EmbedText").url,
                arguments: [String(words[0]), folder.path(percentEncoded: false), output.path(percentEncoded: false)],
                inputFiles: [folder] + files.sorted { $0.path < $1.path }, outputFiles: [output])
        }
    }
}

struct EmbedError: Error, CustomStringConvertible {
    let line: String
    var description: String { "embedded.list: expected 'EnumName folder', found '\(line)'" }
}
