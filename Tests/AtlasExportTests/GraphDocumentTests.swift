import Circuits
import Foundation
import Testing

@testable import AtlasExport

@Suite struct GraphDocumentTests {
    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The keys of the first object after `marker`, in the order in which they are written.
    private func keys(in text: String, after marker: String) throws -> [String] {
        let start = try #require(text.range(of: marker)).upperBound
        let end = try #require(text.range(of: "}", range: start..<text.endIndex)).lowerBound
        return text[start..<end].matches(of: /"(\w+)"\s*:/).map { String($0.1) }
    }

    @Test(arguments: ["\"qParams\"", "\"nodes\"", "\"links\""])
    func `fields are those of the reference, in its order`(marker: String) throws {
        let document = GraphDocument(.small(), context: try .named("x"))
        let reference = try String(contentsOf: referenceGraphFile, encoding: .utf8)
        let written = String(decoding: document.json, as: UTF8.self)
        #expect(try keys(in: written, after: marker) == keys(in: reference, after: marker))
    }

    @Test func `a graph of the reference is written again with the same nodes`() throws {
        let reference = try object(try Data(contentsOf: referenceGraphFile))
        let document = try GraphDocument(contentsOf: referenceGraphFile)
        let metadata = document.metadata
        let texts = [Int: String](
            uniqueKeysWithValues: document.nodes.compactMap { node in
                guard case .logit(let token, _, _) = node.name else { return nil }
                return (token, String(node.label.dropFirst(8).dropLast(11)))
            })
        var context = GraphDocument.Context(
            slug: try GraphSlug(metadata.slug), scan: metadata.scan, prompt: metadata.prompt, layerCount: 4,
            tokenText: { texts[$0] ?? "" })
        context.featureLabel = { _ in nil }
        let again = try object(GraphDocument(SparseGraph(reading: document), context: context).json)
        let expected = try #require(reference["nodes"] as? [[String: Any]])
        let written = try #require(again["nodes"] as? [[String: Any]])
        #expect(written.count == expected.count)
        for (left, right) in zip(written, expected) {
            #expect(Set(left.keys) == Set(right.keys))
            let isError = right["feature_type"] as? String == "mlp reconstruction error"
            for (key, value) in right where !(isError && ["node_id", "jsNodeId"].contains(key)) {
                if let number = value as? Double, let found = left[key] as? Double {
                    // Shortest digits of a 32-bit number here, all digits of its 64-bit form there.
                    #expect(Float(found) == Float(number), "\(key)")
                } else {
                    #expect("\(left[key]!)" == "\(value)", "\(key)")
                }
            }
        }
        #expect((again["links"] as? [Any])?.count == (reference["links"] as? [Any])?.count)
    }

    @Test func `a document is read back as it was written`() throws {
        var document = GraphDocument(.small(), context: try .named("x"))
        document.links.removeAll { $0.weight.isNaN }
        document.nodes[0].labelIsAutomatic = true
        document.view.pinnedIDs = ["1_3_2"]
        document.view.supernodes = [["group", "1_3_2", "0_-1_2"]]
        #expect(try GraphDocument(json: document.json, place: "x.json") == document)
    }

    @Test func `a weight that is not finite becomes null and is read as not a number`() throws {
        let document = GraphDocument(.small(), context: try .named("x"))
        #expect(String(decoding: document.json, as: UTF8.self).contains("\"weight\":null"))
        #expect(try GraphDocument(json: document.json, place: "x.json").links.count { $0.weight.isNaN } == 1)
    }

    @Test func `features and errors without an edge are left out, tokens and logits stay`() throws {
        let names = GraphDocument(.small(), context: try .named("x"), includesBias: false).nodes.map(\.name.id)
        #expect(names == ["0_0_2", "1_3_2", "0_-1_2", "E_0_0", "E_7_1", "E_9_2", "5_5_2"])
    }

    @Test func `the bias is one node at position 0 with an edge to each connected node that has a bias`() throws {
        let document = GraphDocument(.small(), context: try .named("x"))
        #expect(document.nodes.last?.name == .bias(position: 0))
        let links = document.links.filter { $0.source == .bias(position: 0) }
        #expect(links.map(\.target.id) == ["0_0_2"])
        #expect(links.map(\.weight) == [0.25])
    }

    @Test func `without a bias edge there is no bias node`() throws {
        let document = GraphDocument(.small(featureBias: 0), context: try .named("x"))
        #expect(!document.nodes.contains { $0.name == .bias(position: 0) })
    }

    @Test func `a logit's label ends in its probability and the first target is marked`() throws {
        let logit = try #require(
            GraphDocument(.small(), context: try .named("x")).nodes.first { $0.name.featureType == "logit" })
        #expect(logit.label == "Output \"t5\" (p=0.123)")
        #expect(logit.isTargetLogit)
    }

    @Test func `a target that is no token is described without quotes of its own, under a number of its own`() throws {
        var graph = SparseGraph.small()
        graph.targets = [
            LogitTarget(.difference(token: 5, minus: 6), virtualToken: 50, weight: 0.25, position: 2)
        ]
        let document = GraphDocument(graph, context: try .named("difference"))
        let logit = try #require(document.nodes.first { $0.name.featureType == "logit" })
        #expect(logit.label == "Output \"'t5' - 't6'\" (p=0.250)")
        #expect(logit.name.id == "5_50_2")
        #expect(try GraphDocument(json: document.json, place: "difference.json").nodes == document.nodes)
        // The vocabulary's size tells targets that are no tokens.
        var context = try GraphDocument.Context.named("difference")
        context.vocabularySize = 100
        let sized = GraphDocument(graph, context: context)
        #expect(try GraphDocument(json: sized.json, place: "difference.json").metadata.vocabularySize == 100)
        #expect(GraphDocument(.small(), context: context).metadata.vocabularySize == nil)
    }

    @Test func `a feature's label is the one it has everywhere`() throws {
        let document = GraphDocument(.small(), context: try .named("x"))
        #expect(document.nodes.prefix(2).map(\.label) == ["", "label 1/3"])
    }
}
