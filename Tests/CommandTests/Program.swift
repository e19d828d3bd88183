import DemoData
import Foundation
import Testing

/// The built `atlas` program, run as another process.
struct Program {
    /// What a finished process left.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String

        /// The lines on standard error that are no progress.
        var complaints: [String] {
            error.split(separator: "\n").map(String.init).filter { $0.hasPrefix("Error:") || $0.hasPrefix("Usage:") }
        }
    }

    /// Beside the test runner, where the build puts it.
    static let path = Bundle.main.bundleURL.appendingPathComponent("atlas").path

    /// Runs to the end.
    @discardableResult
    static func run(_ arguments: [String], shell prefix: String? = nil) throws -> Outcome {
        let command =
            prefix.map { ["/bin/sh", "-c", $0 + " exec \"$0\" \"$@\"", path] + arguments } ?? [path] + arguments
        // Files instead of pipes: nothing blocks however much is printed.
        let folder = try TemporaryFolder()
        let outputPath = folder.path + "/output"
        let errorPath = folder.path + "/error"
        for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        let child = try ChildProcess(command, output: outputPath, error: errorPath)
        let status = child.wait()
        return Outcome(
            status: status, output: try String(contentsOfFile: outputPath, encoding: .utf8),
            error: try String(contentsOfFile: errorPath, encoding: .utf8))
    }

    /// Starts, waits for `seconds`, and kills without mercy; whether it was still running.
    static func kill(_ arguments: [String], after seconds: Double) throws -> Bool {
        let child = try ChildProcess([path] + arguments, output: "/dev/null", error: "/dev/null")
        Thread.sleep(forTimeInterval: seconds)
        child.kill()
        return child.wait() == SIGKILL
    }
}

/// A folder that is removed with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "atlas-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        return path + "/" + name
    }
}

/// A corpus of some of the demo's prompts, and the options to index it.
struct SmallDemo {
    let data: DemoData
    let corpus: String

    /// Every `stride`-th prompt of the demo, and all that ask for a capital of Texas.
    init(in folder: TemporaryFolder, every stride: Int) throws {
        data = try DemoData()
        let lines = try String(contentsOfFile: data.corpus, encoding: .utf8).split(separator: "\n")
        let chosen = lines.enumerated().filter {
            $0.offset % stride == 0 || $0.element.contains("\"state\": \"Texas\"")
        }
        corpus = try folder.file("corpus.jsonl", chosen.map { $0.element + "\n" }.joined())
    }

    func arguments(atlas: String) -> [String] {
        ["index", corpus, "--model", data.model, "--transcoders", data.transcoders, "--atlas", atlas, "--quiet"]
    }
}
