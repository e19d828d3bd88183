import DemoData
import Foundation
import Testing

/// What cannot be written is never told as success.
@Suite struct `output that fails` {
    private static let atlas: Result<(folder: TemporaryFolder, path: String), any Error> = Result {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 300)
        let path = folder.path + "/small.atlas"
        #expect(try Program.run(demo.arguments(atlas: path)).status == 0)
        return (folder, path)
    }

    private static let commands = [
        ["--help"], ["--version"], ["query", "drivers", "--help"], ["info", "ATLAS"], ["info", "ATLAS", "--json"],
        ["verify", "ATLAS"], ["query", "drivers", "--token", " Austin", "--atlas", "ATLAS", "--json"],
        ["query", "search", "capital", "--atlas", "ATLAS"], ["label", "list", "--atlas", "ATLAS"],
        ["sql", "ATLAS", "SELECT * FROM vocabulary"], ["inspect", "ATLAS"], ["--generate-completion-script", "bash"],
        ["serve", "ATLAS", "--port", "0"],
    ]

    @Test(arguments: commands)
    func `a full disk or a closed stream is one line and exit code 1`(arguments: [String]) throws {
        let atlas = try Self.atlas.get().path
        let arguments = arguments.map { $0 == "ATLAS" ? atlas : $0 }
        for (shell, reason) in [
            ("exec > /dev/full;", "No space left on device; make room and try again"),
            ("exec >&-;", "Bad file descriptor"),
        ] {
            let outcome = try Program.run(arguments, shell: shell)
            #expect(outcome.status == 1)
            let message = "standard output: cannot be written: \(reason)"
            guard arguments.contains("--json") else {
                #expect(outcome.error == "Error: \(message)\n")
                continue
            }
            let told = try JSONSerialization.jsonObject(with: Data(outcome.error.utf8)) as? [String: Any]
            #expect(told?["message"] as? String == message && outcome.error.count { $0 == "\n" } == 1)
        }
    }

    @Test func `a pipe that is closed ends a command as it ends other tools`() throws {
        let atlas = try Self.atlas.get().path
        let query = "SELECT a.text, b.text FROM vocabulary a, vocabulary b LIMIT 60000"
        for arguments in [
            ["sql", atlas, query, "--limit", "100000"], ["sql", atlas, query, "--limit", "100000", "--json"],
        ] {
            let outcome = try Program.run(
                arguments, shell: #"{ "$0" "$@"; echo $? >&2; } | head -c 1 > /dev/null; exit 0;"#)
            // 128 + SIGPIPE
            #expect(outcome.error == "141\n")
        }
    }

    @Test func `work goes on where nobody can be told of its progress`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1000)
        for (number, shell) in ["exec 2> /dev/full;", "exec 2>&-;", "exec 0<&- 2>&-;"].enumerated() {
            let atlas = folder.path + "/\(number).atlas"
            #expect(try Program.run(demo.arguments(atlas: atlas).dropLast(), shell: shell).status == 0)
            #expect(try Program.run(["verify", atlas]).status == 0)
        }
    }

    @Test func `an export says that it replaced one, and one into a full place keeps the earlier`() throws {
        let atlas = try Self.atlas.get().path
        let folder = try TemporaryFolder()
        let pages = folder.path + "/pages"
        let export = ["export", "dashboards", "--prompts", "0", "--quiet", "--atlas", atlas, "--output", pages]
        #expect(try Program.run(export).error == "")
        let before = try FileManager.default.subpathsOfDirectory(atPath: pages).sorted()
        #expect(try Program.run(export).error == "note: \(pages): replaced\n")
        let limited = try Program.run(export, shell: "ulimit -f 100;")
        #expect(
            limited.status == 1 && limited.error.hasPrefix("Error: \(pages)/")
                && limited.error.contains("File too large"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: pages).sorted() == before)
    }

    @Test func `under any limit of a file's size a first index leaves no atlas or a sound one, and the next goes on`()
        throws
    {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1000)
        let atlas = folder.path + "/limited.atlas"
        for blocks in [1, 8, 100, 400, 1200] {
            let outcome = try Program.run(demo.arguments(atlas: atlas), shell: "ulimit -f \(blocks);")
            #expect(
                outcome.status == 1 && outcome.error.split(separator: "\n").count == 1, "\(blocks): \(outcome.error)")
            #expect(!outcome.error.contains("as it was before"))
            if FileManager.default.fileExists(atPath: atlas) {
                #expect(try Program.run(["verify", atlas]).status == 0)
            }
        }
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["corpus.jsonl", "limited.atlas"])
    }

    @Test func `two programs that make the same atlas at once both end well`() async throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1000)
        let arguments = demo.arguments(atlas: folder.path + "/shared.atlas")
        let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(with: Result { try Program.run(arguments) })
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for outcome in outcomes { #expect(outcome.status == 0 && outcome.error == "", "\(outcome.error)") }
        #expect(try Program.run(["verify", folder.path + "/shared.atlas"]).status == 0)
    }
}
