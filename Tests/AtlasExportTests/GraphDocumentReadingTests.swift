import Circuits
import Foundation
import Testing

@testable import AtlasExport

@Suite struct GraphDocumentReadingTests {
    private static let metadata =
        #""metadata":{"slug":"x","scan":"s","prompt_tokens":[],"prompt":"","node_threshold":0.8,"schema_version":1}"#

    /// A file of the older form in which the error of layer 1 and the feature 0/1 are both `0_1_2`.
    private func collision(_ links: String) throws -> GraphDocument {
        let nodes = """
            {"node_id":"E_1_0","feature_type":"embedding"},{"node_id":"0_0_2","feature_type":"cross layer transcoder"},
            {"node_id":"0_1_2","feature_type":"cross layer transcoder"},
            {"node_id":"0_5_2","feature_type":"cross layer transcoder"},
            {"node_id":"0_1_2","feature_type":"mlp reconstruction error"},
            {"node_id":"0_2_2","feature_type":"mlp reconstruction error"},{"node_id":"3_7_2","feature_type":"logit"}
            """
        let json = "{\(Self.metadata),\"nodes\":[\(nodes)],\"links\":[\(links)]}"
        return try GraphDocument(json: Data(json.utf8), place: "x.json")
    }

    private func link(_ source: String, _ target: String) -> String {
        #"{"source":"\#(source)","target":"\#(target)","weight":1}"#
    }

    @Test func `the reference's errors are renamed and its nodes become distinct`() throws {
        let document = try GraphDocument(contentsOf: referenceGraphFile)
        #expect(Set(document.nodes.map(\.name.id)).count == document.nodes.count)
        #expect(document.nodes.count { $0.name.featureType == "mlp reconstruction error" } == 17)
        #expect(document.links.count == 274)
    }

    @Test func `of two links with one id to one node the first is the feature's, the second the error's`() throws {
        let document = try collision([link("0_1_2", "3_7_2"), link("0_1_2", "3_7_2")].joined(separator: ","))
        #expect(document.links.map(\.source.id) == ["0_1_2", "1_-1_2"])
        #expect(document.ambiguousLinks.isEmpty)
    }

    @Test(arguments: [("0_5_2", "0_1_2", "1_-1_2"), ("0_0_2", "0_1_2", "0_1_2")])
    func `a link's neighbours tell which node it comes from`(before: String, shared: String, expected: String) throws {
        let after = before == "0_0_2" ? "0_5_2" : "0_2_2"
        let document = try collision([before, shared, after].map { link($0, "3_7_2") }.joined(separator: ","))
        #expect(document.links[1].source.id == expected)
        #expect(document.ambiguousLinks.isEmpty)
    }

    @Test func `a link whose neighbours do not tell is given to the feature and listed`() throws {
        let document = try collision([link("0_0_2", "3_7_2"), link("0_1_2", "3_7_2")].joined(separator: ","))
        #expect(document.links[1].source.id == "0_1_2")
        #expect(document.ambiguousLinks == [1])
    }

    @Test func `links out of the order of the nodes tell nothing`() throws {
        let links = [link("0_2_2", "3_7_2"), link("0_0_2", "3_7_2"), link("0_1_2", "3_7_2"), link("0_5_2", "3_7_2")]
        #expect(try collision(links.joined(separator: ",")).ambiguousLinks == [2])
    }

    @Test func `a link to a shared id goes to the feature`() throws {
        #expect(try collision(link("0_0_2", "0_1_2")).links[0].target.id == "0_1_2")
    }

    @Test(arguments: [
        ("{", "invalid JSON"), ("[]", "another type at the top"), ("{}", "no field .metadata"),
        ("{\(metadata),\"nodes\":[{}],\"links\":[]}", "no field .nodes[0].node_id"),
        ("{\(metadata),\"nodes\":[],\"links\":[{\"source\":1}]}", "another type at .links[0].source"),
        ("{\(metadata),\"nodes\":[],\"links\":[{\"source\":\"a\",\"target\":\"b\"}]}", "'a'"),
    ])
    func `a file that is no graph is refused with the place`(json: String, found: String) {
        let error = #expect(throws: ExportError.self) { try GraphDocument(json: Data(json.utf8), place: "x.json") }
        #expect(error?.found == found)
    }

    @Test func `whatever the bytes, a file is read or refused`() throws {
        let document = GraphDocument(.small(), context: try .named("x"))
        let seed = [UInt8](document.json)
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let telling = Array("\"\\{}[]:,_-019eEB".utf8) + [0, 0xff]
        var readCount = 0
        for _ in 0..<10_000 {
            var bytes = seed
            for _ in 0...random(3) { bytes[random(bytes.count)] = telling[random(telling.count)] }
            if let read = try? GraphDocument(json: Data(bytes), place: "x.json") {
                readCount += 1
                #expect(try GraphDocument(json: read.json, place: "x.json").nodes == read.nodes)
            }
        }
        #expect(readCount > 0)
    }
}
