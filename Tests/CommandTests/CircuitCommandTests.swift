import Foundation
import Testing

@Suite("questions about circuits, asked from the command line", .serialized)
struct CircuitCommandTests {
    /// A small atlas that all questions are put to; none of them writes.
    private struct Indexed {
        let folder: TemporaryFolder
        let demo: SmallDemo
        let atlas: String

        static let shared = Result {
            let folder = try TemporaryFolder()
            let demo = try SmallDemo(in: folder, every: 600)
            let atlas = folder.path + "/small.atlas"
            let indexed = try Program.run(demo.arguments(atlas: atlas))
            try #require(indexed.status == 0)
            return Indexed(folder: folder, demo: demo, atlas: atlas)
        }
    }

    private let folder: TemporaryFolder
    private let demo: SmallDemo
    private let atlas: String

    init() throws {
        let indexed = try Indexed.shared.get()
        (folder, demo, atlas) = (indexed.folder, indexed.demo, indexed.atlas)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `a circuit is told as a table, as JSON and as a graph that other tools read`() throws {
        let file = folder.path + "/austin.json"
        let text = try Program.run([
            "query", "circuit", "--token", " Austin", "--size", "15", "--output", file, "--atlas", atlas,
        ])
        #expect(text.status == 0 && text.output.contains("5/283"))
        let json = try Program.run([
            "query", "circuit", "--token", " Austin", "--size", "15", "--json", "--atlas", atlas,
        ])
        let report = try object(json.output)
        let nodes = try #require(report["nodes"] as? [[String: Any]])
        let graph = try object(try String(contentsOfFile: file, encoding: .utf8))
        #expect((graph["nodes"] as? [Any])?.count == nodes.count)
        #expect((graph["links"] as? [Any])?.count == (report["edges"] as? [Any])?.count)
        let ids = try #require(graph["nodes"] as? [[String: Any]]).compactMap { $0["node_id"] as? String }
        #expect(Set(ids).count == nodes.count)
        for link in try #require(graph["links"] as? [[String: Any]]) {
            #expect(ids.contains(try #require(link["source"] as? String)))
            #expect(ids.contains(try #require(link["target"] as? String)))
        }
    }

    @Test(arguments: [
        ["circuit", "--feature", "5/283"], ["circuit", "--where", "family=two-step"],
        ["stable", "--token", " Austin"], ["stable", "--prompt", "two-step-0066"],
        ["stable", "--from", "0/228", "--to", "5/283"], ["supernodes", "--token", " Austin"],
        ["supernodes", "--prompt", "two-step-0066"],
    ])
    func `questions are answered in text and in JSON`(question: [String]) throws {
        let text = try Program.run(["query"] + question + ["--atlas", atlas])
        #expect(text.status == 0 && !text.output.isEmpty && text.error.isEmpty)
        let json = try Program.run(["query"] + question + ["--json", "--atlas", atlas])
        #expect(json.status == 0)
        #expect(try !object(json.output).isEmpty)
    }

    @Test func `circuits are validated, and grown by TWERA, with the model`() throws {
        let model = ["--model", demo.data.model, "--transcoders", demo.data.transcoders, "--atlas", atlas]
        let validated = try Program.run(
            ["query", "validate", "--token", " Austin", "--interventions", "10", "--json"] + model)
        #expect(validated.status == 0)
        #expect((try object(validated.output)["trials"] as? [Any])?.count == 10)
        let text = try Program.run(["query", "validate", "--where", "family=two-step", "--interventions", "5"] + model)
        #expect(text.status == 0 && text.output.contains("attention-frozen"))
        let grown = try Program.run(
            ["query", "circuit", "--token", " Austin", "--size", "8", "--by", "twera"] + model)
        #expect(grown.status == 0 && grown.output.contains("TWERA"))
    }

    @Test(arguments: [
        (["circuit", "--token", " Austn"], "nearest"), (["circuit", "--token-id", "1535"], "no stored graph explains"),
        (["circuit", "--where", "family=two-stp"], "family=two-step"), (["circuit", "--feature", "9/1"], "layers are"),
        (["stable", "--prompt", "two-step-066"], "two-step-0066"),
    ])
    func `a wrong question gets one line and exit code 1`(question: [String], hint: String) throws {
        let outcome = try Program.run(["query"] + question + ["--atlas", atlas])
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.complaints.count == 1 && outcome.error.contains(hint))
    }

    @Test(arguments: [
        ["circuit"], ["circuit", "--token", "a", "--feature", "1/2"], ["circuit", "--token", "a", "--size", "0"],
        ["circuit", "--token", "a", "--by", "twera"], ["stable"], ["stable", "--from", "1/2"],
        ["supernodes", "--token", "a", "--threshold", "2"], ["stable", "--prompt", "1", "--token", "a"],
    ])
    func `a malformed question is refused before anything is read`(question: [String]) throws {
        let outcome = try Program.run(["query"] + question + ["--atlas", atlas])
        #expect(outcome.status == 64 && outcome.output.isEmpty)
    }
}
