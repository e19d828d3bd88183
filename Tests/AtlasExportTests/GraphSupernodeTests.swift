import Circuits
import Foundation
import Testing

@testable import AtlasExport

@Suite struct `what people keep reaches viewers` {
    private let features = [
        FeatureID(layer: 1, index: 3), FeatureID(layer: 1, index: 4), FeatureID(layer: 0, index: 0),
    ]

    @Test func `a supernode's features are grouped and pinned, each once`() throws {
        var document = GraphDocument(.small(), context: try .named("x"))
        let absent = FeatureID(layer: 3, index: 9)
        document.show([
            ("both", [features[0], features[1], absent]), ("again", [features[0]]), ("none", [absent]),
            ("pinned in x", [features[2]]),
        ])
        #expect(document.view.supernodes == [["both", "1_3_2"]])
        #expect(document.view.pinnedIDs == ["1_3_2", "0_0_2"])
    }

    @Test func `the viewer's address holds the groups, percent signs told twice`() throws {
        var document = GraphDocument(.small(), context: try .named("x"))
        #expect(document.supernodeAddress == nil)
        document.show([("5 % & é", [features[0]])])
        #expect(
            document.supernodeAddress
                == "?slug=x&supernodes=%5B%5B%225%20%2525%20%26%20%C3%A9%22%2C%221_3_2%22%5D%5D")
    }

    @Test func `a graph of a given name enters the list if viewers ask for it by that name`() throws {
        let folder = try TemporaryFolder()
        let document = GraphDocument(.small(), context: try .named("x"))
        #expect(try document.write(toNamedFile: folder.url.appendingPathComponent("x.json")))
        #expect(try folder.text("graph-metadata.json").contains(#""slug":"x""#))
        #expect(try !document.write(toNamedFile: folder.url.appendingPathComponent("Other name.json")))
        #expect(try folder.text("Other name.json") == folder.text("x.json"))
    }

    @Test func `GraphML holds every node and every finite edge, its texts escaped`() throws {
        var document = GraphDocument(.small(), context: try .named("x"), includesBias: false)
        document.nodes[0].label = "a < \"b\" & c\u{1}"
        let text = String(decoding: document.graphML, as: UTF8.self)
        #expect(text.components(separatedBy: "<node id=").count - 1 == document.nodes.count)
        #expect(text.components(separatedBy: "<edge ").count - 1 == document.links.count { $0.weight.isFinite })
        #expect(text.contains("a &lt; &quot;b&quot; &amp; c\u{FFFD}</data>"))
    }
}
