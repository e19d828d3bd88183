import DemoData
import Foundation
import Testing

/// Effects of nodes through the program, on the demo's model.
@Suite struct `effects from the command line` {
    private let folder: TemporaryFolder
    private let data: DemoData

    init() throws {
        folder = try TemporaryFolder()
        data = try DemoData()
    }

    private func index(_ more: [String]) throws -> Program.Outcome {
        let corpus = folder.path + "/corpus.jsonl"
        try Data(#"{"text": "calc: 36+59=", "answer": "95", "id": "sum"}"#.utf8)
            .write(to: URL(fileURLWithPath: corpus))
        return try Program.run(
            [
                "index", corpus, "--model", data.model, "--transcoders", data.transcoders, "--atlas",
                folder.path + "/test.atlas",
            ] + more)
    }

    private func prompt() throws -> String {
        try Program.run(["query", "prompt", "sum", "--atlas", folder.path + "/test.atlas"]).output
    }

    @Test func `an atlas without effects says so, and gets them from --effects`() throws {
        #expect(try index(["--no-effects"]).status == 0)
        #expect(try prompt().contains("effects are not computed; atlas index --effects adds them"))
        #expect(try index([]).output.contains("1 already there"))
        #expect(try prompt().contains("effects are not computed"))
        let completed = try index(["--effects", "--measure", "3"])
        #expect(completed.output.contains("1 graphs completed with effects"), "\(completed.error)")
        let told = try prompt()
        #expect(told.contains("  gap        \"95\" before") && told.contains("on the gap: what the feature adds"))
        #expect(try Program.run(["verify", folder.path + "/test.atlas"]).status == 0)
    }

    @Test func `measuring without effects is refused`() throws {
        let outcome = try index(["--no-effects", "--measure", "3"])
        #expect(outcome.status == 64 && outcome.error.contains("--measure needs effects"))
    }
}
