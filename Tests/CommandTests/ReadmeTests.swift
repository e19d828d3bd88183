import DemoData
import Foundation
import Testing

@Suite struct `the README` {
    /// The package's root, found from this file.
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text() throws -> String {
        try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    }

    @Test func `every path it names exists`() throws {
        let text = try Self.text()
        let pictures = text.matches(of: /\]\((\.[^)]+)\)/).map { String($0.1) }
        let places = text.matches(of: /`((?:Sources|Tests|Schema|Migrations)\/[^`*]*)`/).map { String($0.1) }
        #expect(places.count > 20 && !pictures.isEmpty)
        for path in places + pictures {
            #expect(FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(path).path), "\(path)")
        }
    }

    @Test func `every command it shows runs`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 100)
        #expect(try Program.run(demo.arguments(atlas: folder.path + "/demo.atlas")).status == 0)
        let blocks = try Self.text().matches(of: /```sh\n((?:.|\n)*?)```/).map { String($0.1) }
        #expect(blocks.count >= 3)
        let script = "set -eu\nPATH=\"$PROGRAMS:$PATH\"\n" + blocks.joined()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/Sources", withDestinationPath: Self.root.appendingPathComponent("Sources").path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-x", try folder.file("readme.sh", script)]
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
        let said = try String(contentsOfFile: log, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(said.suffix(2000))")
        for made in [
            "my.atlas", "my-dashboards/index.html", "demo-graphs/graph-metadata.json", "dallas.json", "raw.safetensors",
        ] {
            #expect(FileManager.default.fileExists(atPath: folder.path + "/" + made), "\(made)")
        }
    }
}
