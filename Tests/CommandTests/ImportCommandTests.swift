import Foundation
import Testing

/// `atlas import graphs`: what `atlas export graph` wrote comes back, and is asked.
@Suite struct `importing from the command line` {
    private let folder: TemporaryFolder
    private let atlas: String
    private let graphs: String
    private let imported: String

    init() throws {
        folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1500)
        atlas = folder.path + "/whole.atlas"
        graphs = folder.path + "/graphs"
        imported = folder.path + "/imported.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas) + ["--no-effects"]).status == 0)
        let prompts = try Program.run(["sql", atlas, "SELECT external_id FROM memberships", "--json"]).output
        let answer = try #require(JSONSerialization.jsonObject(with: Data(prompts.utf8)) as? [String: Any])
        let rows = try #require(answer["rows"] as? [[String]])
        #expect(rows.count > 3)
        for row in rows {
            let outcome = try Program.run([
                "export", "graph", "--prompt", row[0], "--atlas", atlas, "--output", graphs, "--node-threshold", "1",
                "--edge-threshold", "1",
            ])
            #expect(outcome.status == 0, "\(outcome.error)")
        }
    }

    private func answers(_ arguments: String..., of atlas: String) throws -> [String: Any] {
        let outcome = try Program.run(["query"] + arguments + ["--json", "--atlas", atlas])
        #expect(outcome.status == 0, "\(outcome.error)")
        let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return value as? [String: Any] ?? ["rows": value]
    }

    @Test func `exported graphs give the same drivers, neighbours and circuit when they are imported`() throws {
        let first = try Program.run(["import", "graphs", graphs, "--atlas", imported, "--cross-layer", "--quiet"])
        #expect(first.status == 0 && first.output.contains(" 0 already there"), "\(first.error)")
        let again = try Program.run(["import", "graphs", graphs, "--atlas", imported, "--cross-layer", "--quiet"])
        #expect(again.output.contains("0 prompts and 0 graphs added"), "\(again.output)\(again.error)")
        #expect(try Program.run(["verify", imported]).status == 0)

        // What is read off edges is the same; influences are those of the stored edges, a little larger than before.
        func drivers(_ path: String) throws -> [(String, Double, Double)] {
            let rows = try #require(
                try answers("drivers", "--token", " Austin", of: path)["features"] as? [[String: Any]])
            return rows.map { row in
                let node = row["node"] as? [String: Any]
                let feature = node?["feature"] as? [String: Any]
                return (
                    "\(feature?["layer"] ?? "-")/\(feature?["index"] ?? "-")", row["influence"] as? Double ?? 0,
                    row["directEffect"] as? Double ?? 0
                )
            }
        }
        let (here, there) = (try drivers(atlas), try drivers(imported))
        #expect(here.map(\.0).prefix(6) == there.map(\.0).prefix(6))
        for (one, other) in zip(here.prefix(6), there) {
            #expect(abs(one.2 - other.2) <= 1e-6 * abs(one.2), "\(one) \(other)")
            #expect(1...1.25 ~= other.1 / one.1, "\(one) \(other)")
        }
        func neighbours(_ question: String, _ path: String) throws -> [Double] {
            let outcome = try Program.run(["query", question, "5/283", "--json", "--atlas", path])
            let rows = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
            return rows.compactMap { $0["mean"] as? Double }
        }
        for question in ["upstream", "downstream"] {
            let (here, there) = (try neighbours(question, atlas), try neighbours(question, imported))
            #expect(!here.isEmpty && here == there)
        }
        func circuit(_ path: String) throws -> [String] {
            let nodes = try #require(
                try answers("circuit", "--token", " Austin", "--size", "12", of: path)["nodes"] as? [[String: Any]])
            return nodes.map { "\(($0["node"] as? [String: Any])?["feature"] ?? "-")" }.sorted()
        }
        #expect(try circuit(atlas) == circuit(imported))
    }

    @Test func `what needs the model says so, and wrong files give exit code 1`() throws {
        let bad = try folder.file("bad.json", "{")
        let outcome = try Program.run([
            "import", "graphs", bad, graphs, "--atlas", imported, "--cross-layer", "--quiet",
        ])
        #expect(outcome.status == 1 && outcome.error.contains("left out: bad.json"), "\(outcome.error)")
        #expect(outcome.complaints.count == 1)
        for (question, said) in [
            (["inhibitors", "5/283"], "needs the replacement model's weights"),
            (["correlated", "5/283"], "needs every activation"), (["heads"], "heads of edges: not computed"),
        ] {
            let answer = try Program.run(["query"] + question + ["--atlas", imported])
            #expect(answer.status == 1 && answer.error.contains(said), "\(answer.error)")
        }
        #expect(try Program.run(["info", imported]).output.contains("known from files only"))
        let none = try Program.run(["import", "graphs", folder.path + "/no.json", "--atlas", folder.path + "/no.atlas"])
        #expect(none.status == 1 && !FileManager.default.fileExists(atPath: folder.path + "/no.atlas"))
        let other = try Program.run(["import", "graphs", graphs, "--atlas", atlas, "--quiet"])
        #expect(other.status == 1 && other.error.contains("expected an import of files, found indexing with a model"))
    }
}
