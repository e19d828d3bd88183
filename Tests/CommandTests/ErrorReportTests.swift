import DemoData
import Foundation
import Testing

/// Errors for programs: `--json` makes them one JSON object, the last line of standard error.
@Suite struct `errors as JSON` {
    private static let atlas: Result<(folder: TemporaryFolder, path: String), any Error> = Result {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1500)
        let path = folder.path + "/small.atlas"
        #expect(try Program.run(demo.arguments(atlas: path)).status == 0)
        return (folder, path)
    }

    private static let failures: [(arguments: [String], code: String, status: Int)] = [
        (["query", "prompt", "two-step-006", "--atlas", "ATLAS"], "not-in-the-atlas", 404),
        (["query", "edge", "5/283", "4/1", "--atlas", "ATLAS"], "wrong-question", 422),
        (["query", "heads", "--atlas", "ATLAS"], "not-computed", 409),
        (["sql", "ATLAS", "DELETE FROM prompts"], "refused", 422),
        (["info", "/none/none.atlas"], "the-atlas-could-not-be-used", 500),
        (["inspect", "/none/none"], "something-failed", 500),
        (["query", "drivers", "--atlas", "ATLAS"], "wrong-usage", 400),
        (["query", "drivers", "--nonsense"], "wrong-usage", 400),
        (["query", "search", "-x y", "--atlas", "ATLAS"], "wrong-usage", 400),
        (["query", "search", "--atlas"], "wrong-usage", 400),
    ]

    @Test(arguments: failures.indices)
    func `an error has the exit code and the message that a person gets, a code and the members of a problem`(
        place: Int
    ) throws {
        let (words, code, status) = Self.failures[place]
        let path = try Self.atlas.get().path
        let arguments = words.map { $0 == "ATLAS" ? path : $0 }
        let told = try Program.run(arguments)
        let found = try Program.run(arguments + ["--json"])
        #expect(found.status == told.status && found.status != 0 && found.output.isEmpty)
        let line = try #require(found.error.split(separator: "\n").last)
        let error = try #require(
            JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(found.error)")
        #expect(error["code"] as? String == code && error["status"] as? Int == status, "\(line)")
        #expect(error["exitCode"] as? Int32 == told.status)
        let message = try #require(error["message"] as? String)
        #expect(told.error.hasPrefix("Error: \(message)\n"), "\(told.error)")
        #expect(error["detail"] as? String == message && error["title"] is String)
        if words.contains("two-step-006") { #expect((error["nearest"] as? [String])?.isEmpty == false) }
    }

    @Test func `JSON Lines asks for errors as JSON too, CSV and a text behind -- do not`() throws {
        let path = try Self.atlas.get().path
        #expect(try Program.run(["label", "list", "--jsonl", "--list", "x", "--atlas", path]).error.hasPrefix("{"))
        #expect(try Program.run(["label", "list", "--csv", "--list", "x", "--atlas", path]).error.hasPrefix("Error:"))
        #expect(try Program.run(["query", "prompt", "--atlas", path, "--", "--json"]).error.hasPrefix("Error:"))
    }

    @Test func `an answer that cannot be written, and files that are left out, are told so too`() throws {
        let (folder, path) = try Self.atlas.get()
        let full = try Program.run(["info", path, "--json"], shell: "exec > /dev/full;")
        #expect(full.status == 1 && full.error.hasPrefix("{") && full.error.contains("No space left on device"))
        let other = try folder.file("other.json", "{}")
        let left = try Program.run(
            ["import", "graphs", other, "--atlas", folder.path + "/imported.atlas", "--quiet", "--json"])
        #expect(left.status == 1 && left.output.hasPrefix("{"))
        let lines = left.error.split(separator: "\n")
        #expect(lines.first?.hasPrefix("left out: ") == true)
        #expect(lines.last?.contains("\"message\":\"1 of 1 files were left out\"") == true, "\(left.error)")
    }
}
