import AtlasQuery
import AtlasStore
import Circuits
import Foundation
import Testing

@testable import AtlasImport

@Suite struct `graph files into an atlas` {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.path + "/new.atlas"
    }

    @discardableResult
    private func add(_ files: [URL]) throws -> ImportSummary {
        try GraphImport(atlasPath: path, corpus: "found", kind: .perLayer).run(files)
    }

    @discardableResult
    private func add(_ graphs: GraphFile...) throws -> ImportSummary {
        try add(graphs.enumerated().map { try folder.file("\($0).json", $1.json) })
    }

    private func reader() throws -> AtlasReader { AtlasReader(try Atlas.open(path, mode: .readOnly)) }

    @Test func `a file becomes a prompt with its tokens, nodes, edges and targets`() throws {
        let summary = try add(GraphFile())
        #expect(summary.refused.isEmpty && summary.addedGraphs == 1 && summary.addedLabels == 1)
        let reader = try reader()
        let id = try reader.promptID("two-plus")
        #expect(try reader.prompt(id).text == "one two")
        let graph = try reader.graph(ofPrompt: id)
        #expect(graph.tokens == [1, 5, 6])
        #expect(graph.targets.map(\.token) == [9, 8] && graph.targets.map(\.probability) == [0.75, 0.25])
        #expect(
            graph.nodes.map(\.id) == [
                .feature(layer: 0, position: 1, index: 3), .feature(layer: 1, position: 2, index: 7),
                .error(layer: 0, position: 2), .token(position: 0), .token(position: 1), .token(position: 2),
                .logit(ordinal: 0), .logit(ordinal: 1),
            ])
        #expect(graph.edges.count == 6 && graph.edges[1] == SparseGraph.Edge(target: 1, source: 0, weight: -3))
        #expect(graph.nodeThreshold == 0.8 && graph.edgeThreshold == 1)
        #expect(reader.atlas.identity.layerCount == 2)
        #expect(reader.atlas.identity.vocabulary[8] == " \"four" && reader.atlas.identity.vocabulary[5] == " one")
    }

    @Test func `influence on a target is that of the kept edges, its parts those of the file's shares`() throws {
        try add(GraphFile())
        let graph = try reader().graph(ofPrompt: 1)
        // Half of the first logit's input comes from 1/7, three quarters of whose input come from 0/3.
        #expect(graph.targetInfluence[0][1] == 0.5 && graph.targetInfluence[1][1] == 1)
        #expect(graph.targetInfluence[0][0] == 0.375 && graph.targetInfluence[0][4] == 0.375)
        // Shares 0.3, 0.25, 0.15, 0.05 and what is at most the one before, 0.05, 0.05: in the kept graph's sum.
        let influence = graph.nodes.prefix(6).map(\.influence)
        #expect(abs(influence[1] / influence[0] - 0.25 / 0.3) < 1e-6)
        #expect(abs(influence[4] / influence[0] - 0.15 / 0.3) < 1e-5)
        #expect(abs(influence[3] / influence[0] - 0.05 / 0.3) < 1e-5)
        #expect(graph.nodes.map(\.cumulativeInfluence).prefix(3) == [0.3, 0.55, 0.8])
    }

    @Test func `features keep their labels, groups and pins become supernodes`() throws {
        try add(GraphFile())
        let reader = try reader()
        #expect(try reader.labels().map(\.label) == ["says one"])
        let supernodes = try reader.supernodes()
        #expect(supernodes.map(\.name) == ["ones", "pinned in two-plus"])
        #expect(supernodes.map(\.members) == [[FeatureID(layer: 0, index: 3)], [FeatureID(layer: 1, index: 7)]])
    }

    @Test func `names that a program made are left to the atlas`() throws {
        var file = GraphFile()
        file.nodes[0] = GraphFile.node(
            "0_3_1", "cross layer transcoder",
            #","clerp":"says one","label_is_automatic":true,"influence":0.3,"activation":2"#)
        #expect(try add(file).addedLabels == 0)
        #expect(try reader().labels().isEmpty)
        #expect(try reader().feature(FeatureID(layer: 0, index: 3)).labelIsAutomatic)
    }

    @Test func `pins and members that are no nodes of the graph are left out of its groups`() throws {
        var file = GraphFile()
        file.view = #"{"pinnedIds":["9_9_9","x"],"supernodes":[["a","0_3_1","0_4_1"],["b","7_7_7"],[]]}"#
        #expect(try add(file).refused.isEmpty)
        let supernodes = try reader().supernodes()
        #expect(supernodes.map(\.name) == ["a"] && supernodes[0].members == [FeatureID(layer: 0, index: 3)])
    }

    @Test func `a logit behind the vocabulary is a custom target, and the others are tokens`() throws {
        var file = GraphFile()
        file.rest = #","info":{"vocabulary_size":9}"#
        file.nodes[6] = GraphFile.node(
            "3_9_2", "logit", #","clerp":"Output \"direction north\" (p=0.750)","token_prob":0.75"#)
        #expect(try add(file).refused.isEmpty)
        let reader = try reader()
        let targets = try reader.graph(ofPrompt: 1).targets
        let vocabulary = reader.atlas.identity.vocabulary
        #expect(targets.map { $0.name { vocabulary[$0] } } == ["direction north", " \"four"])
        #expect(targets[0].custom?.kind == "direction" && targets[0].token == vocabulary.count)
        #expect(targets[1].custom == nil && targets[1].token == 8)
        #expect(try reader.prompt(1).predicted.text == " \"four")
        #expect(try add(file).knownGraphs == 1)
    }

    @Test func `an atlas in which no file could be stored does not stay`() throws {
        var file = GraphFile()
        file.prompt = #"one\u0000two"#
        #expect(try add(file).refused.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["0.json"])
    }

    @Test func `an atlas that was there stays, whatever cannot be stored in it`() throws {
        try add(GraphFile())
        var file = GraphFile()
        file.prompt = #"one\u0000two"#
        #expect(try add(file).refused.count == 1)
        let information = try reader().information()
        #expect(information.promptCount == 1 && information.runs.allSatisfy { $0.finishedAt != nil })
    }

    @Test func `the same files again change nothing`() throws {
        try add(GraphFile())
        let before = try reader().information()
        let again = try add(GraphFile())
        #expect(again.knownGraphs == 1 && again.addedPrompts + again.addedLabels + again.addedSupernodes == 0)
        let after = try reader().information()
        #expect(after.runs.count == 1 && after.derivedAt == before.derivedAt && after.promptCount == 1)
        #expect(after.labelCount == before.labelCount && after.edgeCount == before.edgeCount)
    }

    @Test func `errors of the older form of id are told from features`() throws {
        var older = GraphFile()
        older.nodes[2] = GraphFile.node("0_0_2", "mlp reconstruction error", #","influence":0.8"#)
        older.links[2] = GraphFile.link("0_0_2", "1_7_2", "1")
        try add(older)
        let graph = try reader().graph(ofPrompt: 1)
        #expect(graph.nodes[2].id == .error(layer: 0, position: 2))
        #expect(graph.edges.contains(SparseGraph.Edge(target: 1, source: 2, weight: 1)))
    }

    @Test func `two prompts of one slug are both kept`() throws {
        var other = GraphFile()
        other.prompt = "<bos>one  two"
        #expect(try add(GraphFile(), other).addedGraphs == 2)
    }

    @Test func `a supernode of a taken name gets the graph's name too`() throws {
        var other = GraphFile()
        other.prompt = "<bos>one  two"
        other.slug = "other"
        other.view = #"{"pinnedIds":[],"supernodes":[["ones","1_7_2"]]}"#
        try add(GraphFile(), other)
        #expect(try reader().supernodes().map(\.name).contains("other: ones"))
    }

    @Test func `more tokens and features widen the atlas`() throws {
        var other = GraphFile()
        other.prompt = "<bos>one three"
        other.nodes[1] = GraphFile.node("1_700_2", "cross layer transcoder", #","influence":0.55,"activation":1.5"#)
        other.nodes[5] = GraphFile.node("E_9000_2", "embedding", #","influence":0.75"#)
        other.tokens[2] = " three"
        other.links = other.links.map {
            $0.replacing("1_7_2", with: "1_700_2").replacing("E_6_2", with: "E_9000_2")
        }
        #expect(try add(GraphFile(), other).addedGraphs == 2)
        let identity = try reader().atlas.identity
        #expect(identity.featuresPerLayer == 1024 && identity.vocabulary.count == 16384)
        #expect(identity.vocabulary[9000] == " three" && identity.vocabulary[6] == " two")
        let atlas = try Atlas.open(path, mode: .readOnly)
        let check = try atlas.read("checking") { db in AtlasCheck.run(db, identity: atlas.identity) }
        #expect(check.damage.isEmpty && check.blockCount > 0)
    }

    @Test func `another graph of a stored text, another model and another tokenizer are left out`() throws {
        var otherGraph = GraphFile()
        otherGraph.links[1] = GraphFile.link("0_3_1", "1_7_2", "-2")
        var otherModel = GraphFile()
        otherModel.scan = "huge"
        var otherTokens = GraphFile()
        otherTokens.prompt = "<bos>uno two"
        otherTokens.tokens[1] = " uno"
        let summary = try add(GraphFile(), otherGraph, otherModel, otherTokens)
        #expect(summary.addedGraphs == 1 && summary.refused.count == 3)
        #expect(summary.refused[0].reason.contains("expected the graph that is stored of this text"))
        #expect(summary.refused[1].reason.contains(#"model: expected "huge", found "tiny""#))
        #expect(summary.refused[2].reason.contains(#"token 5: not stored: expected its text in the atlas, " one""#))
        #expect(try reader().information().promptCount == 1)
    }

    @Test func `two transcoder sets of one model, as Neuronpedia tells them apart, do not mix`() throws {
        var first = GraphFile()
        first.rest = #","info":{"source_urls":["https://example.org/gemma-2-2b/clt-hp"],"transcoder_set":"mntss/clt"}"#
        var second = GraphFile()
        second.prompt = "<bos>one  two"
        second.rest = #","info":{"source_urls":["https://example.org/gemma-2-2b/tc-16k"],"transcoder_set":"gemma"}"#
        let summary = try add(first, second)
        #expect(summary.addedGraphs == 1 && summary.refused.count == 1)
        #expect(
            try #require(summary.refused.first).reason.contains(#"transcoders: expected "gemma", found "mntss/clt""#))
    }

    @Test func `questions that need every activation say so`() throws {
        try add(GraphFile())
        #expect(throws: QuestionError.needsActivations(question: "correlation of activations")) {
            try reader().correlated(with: FeatureID(layer: 0, index: 3))
        }
    }

    @Test func `a graph that circuit-tracer wrote is taken in whole`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("AttributionTests/Golden/llama-clt_relu/graph/reference.json")
        let summary = try add([file])
        #expect(summary.refused.isEmpty && summary.addedGraphs == 1, "\(summary.refused)")
        #expect(try reader().graph(ofPrompt: 1).edges.count == 274)
    }
}

@Suite struct `graph files that are wrong` {
    /// What is wrong, a file, and what must be said of it.
    static let cases: [(String, String, String)] = {
        func file(_ change: (inout GraphFile) -> Void) -> String {
            var file = GraphFile()
            change(&file)
            return file.json
        }
        let whole = GraphFile().json
        return [
            ("cut", String(whole.prefix(whole.count / 2)), "found invalid JSON"),
            ("foreign", #"{"a":1}"#, "found no field .metadata"), ("a list", "[]", "expected an attribution graph"),
            ("a newer schema", file { $0.schemaVersion = 99 }, "expected schema_version 1, found 99"),
            ("an absent node", file { $0.links[0] = GraphFile.link("E_77_1", "0_3_1", "1") }, "links[0]"),
            ("no weight", file { $0.links[3] = GraphFile.link("1_7_2", "3_9_2", "null") }, "links[3]"),
            ("NaN", file { $0.links[3] = GraphFile.link("1_7_2", "3_9_2", "NaN") }, "invalid JSON"),
            ("a huge weight", file { $0.links[3] = GraphFile.link("1_7_2", "3_9_2", "1e30") }, "links[3]"),
            ("no Float", file { $0.links[3] = GraphFile.link("1_7_2", "3_9_2", "1e300") }, "1e300"),
            ("a backward link", file { $0.links[1] = GraphFile.link("1_7_2", "0_3_1", "1") }, "a later layer"),
            ("a link twice", file { $0.links.append($0.links[0]) }, "expected each link once"),
            ("a node twice", file { $0.nodes.append($0.nodes[0]) }, "expected each node once"),
            (
                "no logit",
                file {
                    $0.nodes.removeLast(2); $0.links.removeLast(3)
                }, "expected at least one logit"
            ),
            ("a far position", file { $0.nodes[3] = GraphFile.node("E_1_9", "embedding") }, "a position below 3"),
            ("no token id", file { $0.nodes.remove(at: 3) }, "prompt_tokens[0]"),
            ("a strange type", file { $0.nodes[0] = GraphFile.node("0_3_1", "lorsa") }, "feature_type"),
            (
                "a share of 7",
                file { $0.nodes[3] = GraphFile.node("E_1_0", "embedding", #","influence":7"#) }, "influence"
            ),
            (
                "too many features",
                file { file in
                    file.nodes.append(GraphFile.node("0_99999999_1", "cross layer transcoder", #","influence":0.9"#))
                }, "features in all layers"
            ),
            (
                "a huge token",
                file { $0.nodes[3] = GraphFile.node("E_900000000_0", "embedding", #","influence":0.9"#) },
                "one token below"
            ),
            ("no threshold", file { $0.nodeThreshold = "1.5" }, "node_threshold"),
            (
                "a long id", file { $0.links[0] = GraphFile.link(String(repeating: "x", count: 9999), "0_3_1", "1") },
                "expected the id of a node"
            ),
            ("no vocabulary", file { $0.rest = #","info":{"vocabulary_size":0}"# }, "vocabulary_size"),
            ("a huge one", file { $0.rest = #","info":{"vocabulary_size":9223372036854775807}"# }, "vocabulary_size"),
            ("custom targets only", file { $0.rest = #","info":{"vocabulary_size":8}"# }, "custom targets only"),
            ("a NUL", file { $0.prompt = #"one\u0000two"# }, "without NUL"),
        ]
    }()

    @Test(arguments: cases) func `get one line, and nothing of them is stored`(
        _ what: String, _ json: String, _ said: String
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path + "/new.atlas"
        let bad = try folder.file("bad.json", json)
        let good = try folder.file("good.json", GraphFile().json)
        let summary = try GraphImport(atlasPath: path, corpus: "found", kind: .perLayer).run([bad, good])
        #expect(summary.addedGraphs == 1 && summary.refused.count == 1, "\(what)")
        let reason = try #require(summary.refused.first?.reason)
        #expect(reason.contains("bad.json") && reason.contains(said) && !reason.contains("\n"), "\(reason)")
        #expect(reason.utf8.count < 600)
        let reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
        #expect(try reader.information().promptCount == 1)
        // Alone it leaves no atlas either.
        let alone = folder.url.path + "/alone.atlas"
        let again = try GraphImport(atlasPath: alone, corpus: "found", kind: .perLayer).run([bad])
        #expect(again.refused.count == 1 && !FileManager.default.fileExists(atPath: alone), "\(what)")
    }
}
