import DemoData
import Foundation
import Testing

/// `--output -`: the file alone on standard output.
@Suite struct `output to standard output` {
    private static let atlas: Result<(folder: TemporaryFolder, path: String, model: [String]), any Error> = Result {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1500)
        let path = folder.path + "/small.atlas"
        #expect(try Program.run(demo.arguments(atlas: path)).status == 0)
        #expect(try Program.run(["label", "set", "5/283", "é \"x\"", "--atlas", path]).status == 0)
        return (folder, path, ["--model", demo.data.model, "--transcoders", demo.data.transcoders])
    }

    @Test func `a graph is what the file is, byte for byte`() throws {
        let (folder, path, _) = try Self.atlas.get()
        let export = ["export", "graph", "--prompt", "two-step-0066", "--atlas", path, "--output"]
        for format in ["json", "graphml"] {
            let file = folder.path + "/graphs/two-step-0066.\(format)"
            #expect(try Program.run(export + [folder.path + "/graphs", "--format", format]).status == 0)
            let printed = try Program.run(export + ["-", "--format", format])
            #expect(printed.output == (try String(contentsOfFile: file, encoding: .utf8)) && printed.error.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: "-"))
    }

    @Test func `names are what the files are, as CSV unless JSON Lines are asked for`() throws {
        let (folder, path, _) = try Self.atlas.get()
        let export = ["export", "labels", "--atlas", path, "--output"]
        for (name, more) in [("labels.csv", []), ("labels.jsonl", ["--format", "jsonl"])] {
            let file = folder.path + "/" + name
            #expect(try Program.run(export + [file]).status == 0)
            let printed = try Program.run(export + ["-"] + more)
            #expect(printed.output == (try String(contentsOfFile: file, encoding: .utf8)) && printed.error.isEmpty)
        }
    }

    @Test func `a circuit and an attribution are printed as graphs, and nothing else`() throws {
        let (_, path, model) = try Self.atlas.get()
        for arguments in [
            ["query", "circuit", "--token", " Austin", "--atlas", path, "--output", "-"],
            ["attribute", "calc: 1+2=", "--output", "-"] + model,
        ] {
            let printed = try Program.run(arguments)
            #expect(printed.status == 0, "\(printed.error)")
            let graph = try #require(JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
            #expect((graph["nodes"] as? [Any])?.isEmpty == false && graph["metadata"] is [String: Any])
        }
    }

    @Test func `what would be printed beside it, a folder, and a full place are refused`() throws {
        let (_, path, model) = try Self.atlas.get()
        for (arguments, reason) in [
            (["query", "circuit", "--token", " Austin", "--atlas", path, "--csv"], "goes without --json"),
            (["attribute", "calc: 1+2=", "--verify", "2"] + model, "goes without --json"),
            (["export", "dashboards", "--atlas", path], "expected a folder, found -"),
            (["export", "features", "--atlas", path], "expected a folder, found -"),
        ] {
            let outcome = try Program.run(arguments + ["--output", "-"])
            #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.error.contains(reason))
        }
        let full = try Program.run(
            ["export", "labels", "--atlas", path, "--output", "-"], shell: "exec > /dev/full;")
        #expect(full.status == 1 && full.error.contains("standard output: cannot be written"))
    }
}
