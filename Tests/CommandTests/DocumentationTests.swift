import ArgumentParser
import DemoData
import Foundation
import Testing

@testable import atlas

/// The README and the articles of all modules: what they show works.
@Suite struct `the documentation` {
    @Test func `every path that the README names exists`() throws {
        let text = try #require(try DocumentedPage.all().first).text
        let pictures = text.matches(of: /\]\((\.[^)]+)\)/).map { String($0.1) }
        let places = text.matches(of: /(?:`|\]\()((?:Sources|Tests|Schema|Migrations)\/[^`*)]*)[`)]/)
            .map { String($0.1) }
        #expect(places.count > 20 && !pictures.isEmpty)
        for path in places + pictures {
            let place = DocumentedPage.root.appendingPathComponent(path).path
            #expect(FileManager.default.fileExists(atPath: place), "\(path)")
        }
    }

    @Test func `every command that no test runs is one that the program takes`() throws {
        // What a sentence leaves out stands in the environment, as it may for people.
        let options = EnvironmentOptions(environment: [
            "ATLAS": "my.atlas", "ATLAS_MODEL": "MODEL", "ATLAS_TRANSCODERS": "DIR",
        ])
        let names = Self.names(of: AtlasCommand.self)
        var count = 0
        for page in try DocumentedPage.all() {
            for words in page.commandsThatAreNotRun where !names.contains(words.joined(separator: " ")) {
                count += 1
                do {
                    _ = try options.parse(words)
                } catch {
                    // A file that an example names is not there.
                    let message = AtlasCommand.message(for: error)
                    #expect(
                        AtlasCommand.exitCode(for: error).isSuccess || message.contains("No such file or directory"),
                        "\(page): \(words): \(message)")
                }
            }
        }
        #expect(count > 50)
    }

    /// The paths of all commands: a sentence may name one without what it needs.
    private static func names(of command: any ParsableCommand.Type) -> Set<String> {
        var names: Set<String> = []
        for own in command.configuration.subcommands {
            let name = own._commandName
            names.insert(name)
            names.formUnion(Self.names(of: own).map { "\(name) \($0)" })
        }
        return names
    }

    @Test func `what it tells to run runs, and what it shows looks like what comes`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 100)
        let indexing = demo.arguments(atlas: folder.path + "/demo.atlas") + ["--measure", "10"]
        #expect(try Program.run(indexing).status == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/Sources",
            withDestinationPath: DocumentedPage.root.appendingPathComponent("Sources").path)
        let pages = try DocumentedPage.all()
        let blocks = pages.flatMap { page in
            page.blocks.filter { $0.language == "sh" }.map { "echo '# \(page)'\n" + $0.text }
        }
        #expect(blocks.count >= 10)
        let ran = try Self.shell(blocks.joined(), in: folder)
        #expect(ran.status == 0, "\(ran.said.suffix(2000))")
        for made in [
            "my.atlas", "my-dashboards/index.html", "demo-graphs/graph-metadata.json", "dallas.json", "raw.safetensors",
        ] {
            #expect(FileManager.default.fileExists(atPath: folder.path + "/" + made), "\(made)")
        }
        var compared = 0
        for page in pages {
            for (command, shown) in page.shownOutputs {
                let small = command.replacing("Sources/DemoData/Demo/corpus.jsonl", with: "corpus.jsonl")
                let came = try Self.shell(Self.folders + small, in: folder)
                #expect(came.status == 0, "\(page): \(came.said.suffix(500))")
                let lines = Set(came.said.split(separator: "\n").map(Self.shape))
                // Lines without a number are headings, and sentences that explain: the same for every atlas.
                for line in shown where !line.contains(where: \.isNumber) {
                    compared += 1
                    #expect(lines.contains(Self.shape(line[...])), "\(page): \(command) does not print: \(line)")
                }
            }
        }
        #expect(compared > 8)
    }

    private static let folders =
        "MODEL=Sources/DemoData/Demo/model TRANSCODERS=Sources/DemoData/Demo/transcoders\n"

    /// A line without what its columns' widths decide.
    private static func shape(_ line: Substring) -> String { line.split(separator: " ").joined(separator: " ") }

    /// Runs a script in `folder` with the built program on its path.
    private static func shell(_ script: String, in folder: TemporaryFolder) throws -> (status: Int32, said: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let text = "set -eu\nPATH=\"$PROGRAMS:$PATH\"\n" + script
        process.arguments = [try folder.file("script.sh", text)]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PROGRAMS": URL(fileURLWithPath: Program.path).deletingLastPathComponent().path]) { $1 }
        let log = folder.path + "/log"
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardError = process.standardOutput
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
    }
}
