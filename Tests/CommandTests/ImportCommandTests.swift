import DemoData
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
            let report = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let rows = try #require(report["neighbours"] as? [[String: Any]])
            return rows.compactMap { $0["mean"] as? Double }
        }
        for question in ["upstream", "downstream"] {
            let (here, there) = (try neighbours(question, atlas), try neighbours(question, imported))
            #expect(!here.isEmpty && here == there)
        }
        func circuit(_ path: String) throws -> [String] {
            let nodes = try #require(
                try answers("circuit", "--token", " Austin", "--size", "8", of: path)["nodes"] as? [[String: Any]])
            return nodes.map { node in
                let feature = (node["node"] as? [String: Any])?["feature"] as? [String: Any]
                return "\(feature?["layer"] ?? "-")/\(feature?["index"] ?? "-")"
            }.sorted()
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
        let info = try Program.run(["info", imported]).output
        #expect(info.contains("known from files only") && info.contains("mean over graphs as files hold them, pruned"))
        #expect(try Program.run(["label", "list", "--atlas", imported, "--json"]).output.contains("label") == false)
        let none = try Program.run(["import", "graphs", folder.path + "/no.json", "--atlas", folder.path + "/no.atlas"])
        #expect(none.status == 1 && !FileManager.default.fileExists(atPath: folder.path + "/no.atlas"))
        let other = try Program.run(["import", "graphs", graphs, "--atlas", atlas, "--quiet"])
        #expect(other.status == 1 && other.error.contains("expected an import of files, found indexing with a model"))
    }

    @Test func `a raw graph of the model becomes what indexing stores`() throws {
        let data = try DemoData()
        let raw = folder.path + "/raw.safetensors"
        let text = "Fact: the capital of the state containing Dallas is"
        let attributed = try Program.run([
            "attribute", text, "--model", data.model, "--transcoders", data.transcoders, "--output", raw,
        ])
        #expect(attributed.status == 0, "\(attributed.error)")
        let outcome = try Program.run(["import", "raw", raw, "--atlas", imported, "--quiet"])
        #expect(outcome.status == 0 && outcome.output.contains("1 prompts and 1 graphs added"), "\(outcome.error)")
        func graph(_ atlas: String, _ name: String) throws -> (nodes: Set<String>, links: Set<String>) {
            let written = try Program.run([
                "export", "graph", "--prompt", text, "--atlas", atlas, "--output", folder.path + "/\(name)",
                "--slug", name, "--node-threshold", "1", "--edge-threshold", "1",
            ])
            #expect(written.status == 0, "\(written.error)")
            let json = try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/\(name)/\(name).json")))
            let object = try #require(json as? [String: Any])
            let nodes = try #require(object["nodes"] as? [[String: Any]])
            let links = try #require(object["links"] as? [[String: Any]])
            return (
                Set(nodes.compactMap { $0["node_id"] as? String }),
                Set(links.map { "\($0["source"] ?? "") \($0["target"] ?? "")" })
            )
        }
        let (indexed, taken) = (try graph(atlas, "indexed"), try graph(imported, "taken"))
        #expect(indexed.nodes.count > 40 && indexed.nodes == taken.nodes && indexed.links == taken.links)
    }

    @Test func `names come back from a table and from explanations`() throws {
        #expect(
            try Program.run(["label", "set", "5/283", "says \"Austin\"", "--note", "Te,xas", "--atlas", atlas]).status
                == 0)
        let listed = try Program.run(["label", "list", "--json", "--atlas", atlas]).output
        for name in ["names.csv", "names.jsonl"] {
            let file = folder.path + "/" + name
            let written = try Program.run(["export", "labels", "--atlas", atlas, "--output", file])
            #expect(written.status == 0, "\(written.error)")
            #expect(try Program.run(["label", "remove", "5/283", "--atlas", atlas]).status == 0)
            let read = try Program.run(["import", "labels", file, "--atlas", atlas])
            #expect(read.output.contains("1 labels added"), "\(read.output)\(read.error)")
            #expect(try Program.run(["label", "list", "--json", "--atlas", atlas]).output == listed)
            #expect(try Program.run(["import", "labels", file, "--atlas", atlas]).output.contains("1 already there"))
        }
        let other = try folder.file("other.csv", "layer,index,label\n5,283,another\n")
        #expect(try Program.run(["import", "labels", other, "--atlas", atlas]).output.contains("1 left out"))
        #expect(
            try Program.run(["import", "labels", other, "--replace", "--atlas", atlas]).output.contains("1 replaced"))
    }

    @Test func `exported graphs lose no name, and circuits tell their probability`() throws {
        let names = ["supernode", "set", "Texas", "5/283", "1/37", "--atlas", atlas]
        #expect(try Program.run(names).status == 0)
        func json(_ path: String) throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
            return try #require(value as? [String: Any])
        }
        let text = "Fact: the capital of the state containing Dallas is"
        let out = folder.path + "/out"
        let written = try Program.run([
            "export", "graph", "--prompt", text, "--atlas", atlas, "--output", out, "--slug", "dallas", "--scan",
            "./feat",
        ])
        #expect(written.status == 0, "\(written.error)")
        let graph = try json(out + "/dallas.json")
        let nodes = try #require(graph["nodes"] as? [[String: Any]])
        let features = nodes.filter { $0["feature_type"] as? String == "cross layer transcoder" }
        #expect(features.count > 20 && features.allSatisfy { ($0["clerp"] as? String)?.isEmpty == false })
        #expect(nodes.allSatisfy { $0["feature_type"] as? String != "bias" })
        #expect((graph["metadata"] as? [String: Any])?["scan"] as? String == "./feat")
        let view = try #require(graph["qParams"] as? [String: Any])
        let supernodes = try #require(view["supernodes"] as? [[String]])
        #expect(supernodes.first?.first == "Texas" && supernodes.first?.count ?? 0 > 1)

        let circuit = out + "/austin.json"
        let grown = try Program.run([
            "query", "circuit", "--token", " Austin", "--size", "10", "--output", circuit, "--atlas", atlas,
        ])
        #expect(grown.status == 0, "\(grown.error)")
        let logit = try #require((try json(circuit)["nodes"] as? [[String: Any]])?.last)
        let probability = try #require(logit["token_prob"] as? Double)
        #expect(probability < 1 && probability > 0.9)
        let list = try #require(try json(out + "/graph-metadata.json")["graphs"] as? [[String: Any]])
        #expect(list.compactMap { $0["slug"] as? String } == ["dallas", "austin"])
        let xml = try Program.run([
            "export", "graph", "--prompt", text, "--atlas", atlas, "--output", out, "--format", "graphml",
        ])
        #expect(xml.status == 0 && xml.output.hasSuffix(".graphml\n"), "\(xml.error)")
    }
}
