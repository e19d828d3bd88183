import DemoData
import Foundation
import Testing

/// Ctrl-C: what is under way is finished, and the last line is the command that goes on.
@Suite struct `interrupted commands` {
    /// A process that is interrupted from the terminal.
    private struct Interrupted {
        let outcome: Program.Outcome
        let reason: Process.TerminationReason

        /// The last line on standard error.
        var lastLine: String { outcome.error.split(separator: "\n").last.map(String.init) ?? "" }

        /// Starts, and interrupts when `isUnderWay` says so, again when `isAgain` says so of what is on standard error.
        init(
            _ arguments: [String], isAgain: ((String) -> Bool)? = nil, when isUnderWay: () -> Bool
        ) throws {
            let folder = try TemporaryFolder()
            let (outputPath, errorPath) = (try folder.file("output", ""), try folder.file("error", ""))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
            process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
            try process.run()
            let deadline = Date().addingTimeInterval(60)
            func wait(_ condition: () throws -> Bool) rethrows {
                while try !condition(), process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.002) }
            }
            wait(isUnderWay)
            process.interrupt()
            if let isAgain {
                try wait { isAgain(try String(contentsOfFile: errorPath, encoding: .utf8)) }
                process.interrupt()
            }
            process.waitUntilExit()
            reason = process.terminationReason
            outcome = Program.Outcome(
                status: process.terminationStatus, output: try String(contentsOfFile: outputPath, encoding: .utf8),
                error: try String(contentsOfFile: errorPath, encoding: .utf8))
        }

        /// Runs the command that the last line says.
        func goOn() throws -> Program.Outcome {
            let command = try #require(lastLine.hasPrefix("to go on: ") ? lastLine.dropFirst(10) : nil, "\(lastLine)")
            return try Program.run(
                [], shell: "set --; exec \(command);")
        }
    }

    private static func count(_ table: String, in atlas: String) throws -> Int {
        let rows = try Program.run(["sql", atlas, "SELECT count(*) FROM \(table)", "--csv"]).output
        return Int(rows.split(separator: "\r\n").last ?? "") ?? -1
    }

    @Test func `index finishes its batch, exits with 130 and says the command that goes on`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 12)
        // A name that a shell would take apart.
        let atlas = folder.path + "/it's one $HOME.atlas"
        let stopped = try Interrupted(demo.arguments(atlas: atlas) + ["--jobs", "1"]) {
            FileManager.default.fileExists(atPath: atlas) && ((try? Self.count("prompts", in: atlas)) ?? 0) > 2
        }
        let said = stopped.outcome.error
        #expect(stopped.reason == .exit && stopped.outcome.status == 130, "\(said)")
        #expect(said.contains("note: stopping after the step under way; Ctrl-C again stops at once"), "\(said)")
        let stored = try Self.count("prompts", in: atlas)
        let all = try String(contentsOfFile: demo.corpus, encoding: .utf8).split(separator: "\n").count
        #expect(said.contains("interrupted: \(stored) of \(all) prompts are stored in \(atlas)"), "\(stored): \(said)")
        #expect(stopped.lastLine.hasSuffix(" --quiet --jobs 1"))
        let rest = try stopped.goOn()
        #expect(rest.status == 0 && rest.output.contains(" \(stored) already there"), "\(rest.error)\(rest.output)")
        #expect(try Program.run(["verify", atlas]).status == 0)
    }

    @Test func `a second Ctrl-C stops at once and leaves whole batches`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 4)
        for attempt in 0..<5 {
            let atlas = folder.path + "/\(attempt).atlas"
            let stopped = try Interrupted(
                demo.arguments(atlas: atlas), isAgain: { $0.contains("Ctrl-C again stops at once") }
            ) {
                FileManager.default.fileExists(atPath: atlas) && ((try? Self.count("prompts", in: atlas)) ?? 0) > 30
            }
            // The batch may have ended first.
            guard stopped.reason == .uncaughtSignal else { continue }
            #expect(stopped.outcome.status == SIGINT)
            #expect(try Program.run(["sql", atlas, "SELECT 1"]).status == 0)
            return
        }
        Issue.record("five batches ended before a second Ctrl-C came")
    }

    @Test func `an interruption under --json is one object with the command that goes on`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 12)
        let atlas = folder.path + "/json.atlas"
        let arguments = demo.arguments(atlas: atlas) + ["--json"]
        let stopped = try Interrupted(arguments) { FileManager.default.fileExists(atPath: atlas) }
        #expect(stopped.outcome.status == 130)
        let error = try #require(
            JSONSerialization.jsonObject(with: Data(stopped.lastLine.utf8)) as? [String: Any], "\(stopped.lastLine)")
        #expect(error["code"] as? String == "interrupted" && error["exitCode"] as? Int == 130)
        #expect((error["resume"] as? String)?.hasSuffix(" --quiet --json") == true)
    }

    @Test func `importing graphs finishes a file, and the command that is told takes the rest`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 3000)
        let atlas = folder.path + "/whole.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas) + ["--no-effects"]).status == 0)
        let graph = try Program.run([
            "export", "graph", "--prompt", "two-step-0066", "--atlas", atlas, "--output", "-", "--node-threshold", "1",
            "--edge-threshold", "1",
        ]).output
        let graphs = folder.path + "/graphs"
        try FileManager.default.createDirectory(atPath: graphs, withIntermediateDirectories: true)
        let text = "Fact: the capital of the state containing Dallas is"
        #expect(graph.contains("\"prompt\":\"<|bos|>\(text)\"") || graph.contains(text))
        for number in 0..<300 {
            // Graphs of other prompts, as far as an import looks.
            try graph.replacing("\"slug\":\"two-step-0066\"", with: "\"slug\":\"number-\(number)\"")
                .replacing(text, with: "\(text) \(number)")
                .write(toFile: "\(graphs)/\(number).json", atomically: true, encoding: .utf8)
        }
        let imported = folder.path + "/imported.atlas"
        let stopped = try Interrupted(["import", "graphs", graphs, "--atlas", imported, "--quiet"]) {
            FileManager.default.fileExists(atPath: imported)
        }
        #expect(stopped.reason == .exit && stopped.outcome.status == 130, "\(stopped.outcome)")
        let stored = try Self.count("prompts", in: imported)
        #expect(1..<300 ~= stored)
        #expect(stopped.outcome.error.contains("interrupted: \(stored) of 300 files are in \(imported)"))
        let rest = try stopped.goOn()
        #expect(rest.status == 0 && rest.output.contains("\(stored) already there"), "\(rest.error)\(rest.output)")
        #expect(try Self.count("prompts", in: imported) == 300)
        #expect(try Program.run(["verify", imported]).status == 0)
    }

    @Test func `training saves where it was, and the command that is told goes on from there`() throws {
        let folder = try TemporaryFolder()
        let lines = try String(contentsOfFile: DemoData().corpus, encoding: .utf8).split(separator: "\n").prefix(40)
        let corpus = try folder.file("corpus.jsonl", lines.joined(separator: "\n") + "\n")
        let set = folder.path + "/set"
        let checkpoint = set + "/checkpoint.safetensors"
        let stopped = try Interrupted([
            "train", corpus, "--model", try DemoData().model, "--output", set, "--features", "16",
            "--active-features", "4", "--batch-tokens", "32", "--buffer-tokens", "64", "--steps", "400",
            "--save-interval", "0", "--quiet",
        ]) { FileManager.default.fileExists(atPath: checkpoint) }
        #expect(stopped.reason == .exit && stopped.outcome.status == 130, "\(stopped.outcome)")
        #expect(stopped.outcome.error.contains("saved in \(set)"))
        let rest = try stopped.goOn()
        #expect(rest.status == 0, "\(rest.error)")
        #expect(FileManager.default.fileExists(atPath: set + "/config.yaml"))
    }
}
