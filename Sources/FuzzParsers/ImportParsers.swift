import AtlasExport
import AtlasImport
import AtlasIndexing
import AtlasStore
import Attribution
import Circuits
import Foundation

/// What people take in from others: graphs, raw graphs and names of features.
enum ImportParsers {
    /// The parsers, with graphs of the tests' golden data below the package's folder.
    static func all(package: String, scratch: String) throws -> [FuzzedParser] {
        let graphs = try SeedFiles(package: package).alone { $0.hasSuffix("/graph/reference.json") }.map(\.bytes)
        return [
            conversions(graphs + [Array(namedGraph.utf8)]), imports(graphs + [Array(namedGraph.utf8)]),
            try rawImports(scratch), names,
        ]
    }

    /// A graph file as what an atlas stores.
    private static func conversions(_ graphs: [[UInt8]]) -> FuzzedParser {
        FuzzedParser("graph-conversions", seeds: graphs, isTyped: { $0 is ExportError }) { bytes in
            let document = try GraphDocument(json: Data(bytes), place: "graph")
            let conversion = try GraphConversion(document, kind: .perLayer, place: "graph")
            let identity = try conversion.identity()
            let prompt = try conversion.prompt(vocabularySize: identity.vocabulary.count)
            precondition(prompt.facts.tokens.allSatisfy { $0 < identity.vocabulary.count })
            precondition(prompt.facts.graph?.edges.allSatisfy { $0.weight.isFinite } ?? true)
            precondition(prompt.labels.allSatisfy { identity.contains($0.feature) })
        }
    }

    /// A graph file into an atlas: it is stored, or the reason is told in a line and nothing is there.
    private static func imports(_ graphs: [[UInt8]]) -> FuzzedParser {
        imported("graph-imports", graphs, file: "graph.json") { atlas, file in
            try GraphImport(atlasPath: atlas, corpus: "found", kind: .crossLayer).run([file])
        }
    }

    /// A raw graph into an atlas.
    private static func rawImports(_ scratch: String) throws -> FuzzedParser {
        let path = scratch + "/seed-of-raw-graphs.safetensors"
        try RawGraphFile(rawGraph, description: rawDescription).write(to: path)
        let seed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return imported("raw-imports", [seed], file: "raw.safetensors") { atlas, file in
            try RawImport(atlasPath: atlas, corpus: "found", nodeThreshold: 0.95, edgeThreshold: 0.99).run([file])
        }
    }

    private static func imported(
        _ name: String, _ seeds: [[UInt8]], file: String,
        read: @escaping @Sendable (_ atlas: String, _ file: URL) throws -> ImportSummary
    ) -> FuzzedParser {
        FuzzedParser(
            name: name, seedCount: seeds.count,
            feed: { random, scratch in
                let folder = scratch + "/" + name
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                let atlas = folder + "/new.atlas"
                for rest in ["", "-wal", "-shm"] { unlink(atlas + rest) }
                let path = URL(fileURLWithPath: folder + "/" + file)
                unlink(path.path)
                let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
                try Data(Damage.apply(to: seed, using: &random)).write(to: path)
                let summary = try read(atlas, path)
                guard let refusal = summary.refused.first else {
                    return precondition(FileManager.default.fileExists(atPath: atlas))
                }
                throw Refused(description: refusal.reason)
            }, isTyped: { $0 is Refused })
    }

    /// A file that was left out, for a reason that is told.
    private struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Names of features in the three forms that are read.
    private static let names = FuzzedParser(
        name: "names-of-features", seedCount: nameFiles.count,
        feed: { random, scratch in
            let (name, text) = nameFiles[Int.random(in: 0..<nameFiles.count, using: &random)]
            let path = "\(scratch)/\(name)"
            unlink(path)
            try Data(Damage.apply(to: Array(text.utf8), using: &random)).write(to: URL(fileURLWithPath: path))
            let names = try LabelFile(path: path)
            precondition(Set(names.labels.map(\.feature)).count == names.labels.count)
            precondition(names.labels.allSatisfy { !$0.label.isEmpty && !$0.label.utf8.contains(0) })
        }, isTyped: { $0 is CorpusError })

    private static let nameFiles = [
        ("names.csv", "layer,index,label,note\r\n0,3,\"says \"\"one\"\"\",\"two\r\nlines\"\r\n12,157,é e\u{301},\r\n"),
        ("names.tsv", "index\tlabel\tlayer\n3\ta b\t0\n4\t\"c\td\"\t1\n"),
        (
            "names.jsonl",
            #"{"modelId":"gemma","layer":"3-clt-hp","index":"157","description":"says \u00e9\ud83d\ude00","notes":"n"}"#
                + "\n" + #"{"layer":4,"index":12,"description":"plain","score":0.5,"embedding":[1,2]}"# + "\n"
        ),
    ]

    private static let namedGraph = """
        {"metadata":{"slug":"two-plus","scan":"tiny","transcoder_list":["a","b"],"prompt_tokens":["<bos>"," one"," two"],
        "prompt":"<bos>one two","node_threshold":0.8,"schema_version":1,"feature_details":{"neuronpedia_source_set":"s"},
        "pruning_settings":{"node_threshold":0.8,"edge_threshold":0.98},"info":{"source_urls":["u"],"transcoder_set":"t"}},
        "qParams":{"pinnedIds":["1_7_2"],"supernodes":[["ones","0_3_1","E_5_1"],["none","E_5_1"]]},
        "nodes":[{"node_id":"0_3_1","feature_type":"cross layer transcoder","clerp":"says one","influence":0.3,"activation":2},
        {"node_id":"1_7_2","feature_type":"cross layer transcoder","influence":0.55,"activation":1.5},
        {"node_id":"0_-1_2","feature_type":"mlp reconstruction error","influence":0.8},
        {"node_id":"E_1_0","feature_type":"embedding","influence":0.95},
        {"node_id":"E_5_1","feature_type":"embedding","influence":0.7},
        {"node_id":"E_6_2","feature_type":"embedding","influence":0.75},
        {"node_id":"3_9_2","feature_type":"logit","clerp":"Output \\" three\\" (p=0.750)","token_prob":0.75},
        {"node_id":"3_8_2","feature_type":"logit","clerp":"Output \\" four\\" (p=0.250)","token_prob":0.25}],
        "links":[{"source":"E_5_1","target":"0_3_1","weight":4},{"source":"0_3_1","target":"1_7_2","weight":-3},
        {"source":"0_-1_2","target":"1_7_2","weight":1},{"source":"1_7_2","target":"3_9_2","weight":2},
        {"source":"E_6_2","target":"3_9_2","weight":2},{"source":"1_7_2","target":"3_8_2","weight":1}]}
        """

    /// Two positions, two layers, three active features of which two are selected, two targets.
    private static let rawGraph = AttributionGraph(
        tokens: [4, 6], layerCount: 2,
        activeFeatures: [
            ActiveFeature(layer: 0, position: 1, index: 3, activation: 2),
            ActiveFeature(layer: 0, position: 1, index: 9, activation: 0.5),
            ActiveFeature(layer: 1, position: 1, index: 5, activation: 1.5),
        ], selectedFeatures: [0, 2],
        targets: [
            LogitTarget(token: 7, probability: 0.75, position: 1),
            LogitTarget(token: 8, probability: 0.25, position: 1),
        ],
        weights: [
            0, 0, 0, 0, 0, 0, 1, 3, -4, 0, 0, 0.5, 0, 0, 0, 1, 2, 3, 0, 0.25, 0, 0.5, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0.125,
        ], biasWeights: [1, 0.5, 0, 0], unselectedWeights: [0, 0.25, 0, 0], preActivations: [5, -1.75, 6.75, -0.875])

    private static var rawDescription: RawGraphDescription {
        var description = RawGraphDescription()
        description.prompt = "four six"
        description.tokenTexts = ["four", " six"]
        description.targetTexts = [" seven", " eight"]
        description.modelName = "tiny"
        description.transcoderName = "tiny-clt"
        description.transcoderKind = .crossLayer
        description.vocabularySize = 12
        description.featuresPerLayer = 16
        return description
    }
}
