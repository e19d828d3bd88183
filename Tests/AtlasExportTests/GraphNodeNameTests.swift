import Circuits
import Testing

@testable import AtlasExport

@Suite struct GraphNodeNameTests {
    @Test(arguments: [(0, 6200, 19_229_300), (23, 8967, 40_423_512)])
    func `a feature's number is the Cantor pair of layer and index`(layer: Int, index: Int, pair: Int) {
        #expect(GraphNodeName.feature(FeatureID(layer: layer, index: index), position: 1).featureNumber == pair)
    }

    @Test func `an error never shares an id with a feature or a logit`() {
        var ids: Set<String> = []
        for layer in 0..<6 {
            for position in 0..<6 {
                ids.insert(GraphNodeName.error(layer: layer, position: position).id)
                ids.insert(GraphNodeName.logit(token: layer, layer: 7, position: position).id)
                for index in 0..<6 {
                    ids.insert(GraphNodeName.feature(FeatureID(layer: layer, index: index), position: position).id)
                }
            }
        }
        #expect(ids.count == 36 + 36 + 216)
    }

    @Test(arguments: [
        GraphNodeName.feature(FeatureID(layer: 3, index: 421), position: 5), .error(layer: 0, position: 2),
        .token(17, position: 0), .logit(token: 9, layer: 5, position: 4), .bias(position: 0),
    ])
    func `an id and its type give the name back`(name: GraphNodeName) throws {
        #expect(try GraphNodeName(id: name.id, featureType: name.featureType) == name)
    }

    @Test func `an error of an older file is known by its type`() throws {
        #expect(
            try GraphNodeName(id: "0_3_9", featureType: "mlp reconstruction error") == .error(layer: 3, position: 9))
    }

    @Test(arguments: [
        ("0_3_9", "neuron"), ("1_3_9", "mlp reconstruction error"), ("0_3", "cross layer transcoder"),
        ("0_-1_3", "cross layer transcoder"), ("E_1_-1", "embedding"), ("1_2_3", "embedding"), ("B_1_0", "bias"),
        ("", "logit"), ("1_2_99999999999", "logit"), ("1_x_3_4", "logit"), ("9223372036854775807_1_1", "logit"),
    ])
    func `an id that does not fit its type is refused`(id: String, type: String) {
        #expect(throws: ExportError.self) { try GraphNodeName(id: id, featureType: type) }
    }

    @Test(arguments: [("1_2_3\n4", "logit"), ("1_2_3", "embed\r\ng"), ("\u{2028}", "\u{85}")])
    func `a refusal is one line, whatever the file holds`(id: String, type: String) {
        let error = #expect(throws: ExportError.self) { try GraphNodeName(id: id, featureType: type) }
        #expect(error?.description.contains { $0.isNewline } == false)
    }
}
