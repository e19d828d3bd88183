import AtlasExport
import Circuits
import Foundation
import Testing

@Suite struct `supernode files` {
    private func read(_ json: String) throws(ExportError) -> [Supernode] {
        try SupernodeFile(json: Data(json.utf8), place: "groups.json").supernodes
    }

    @Test func `a list alone and a graph's qParams hold the same supernodes`() throws {
        let list = #"[["texas", "2_157_12", "3_40_11"], ["capital", "0_6_4"]]"#
        let alone = try read(list)
        #expect(
            try read(#"{"metadata": {}, "qParams": {"pinnedIds": [], "supernodes": \#(list)}, "nodes": []}"#) == alone)
        #expect(alone.map(\.label) == ["texas", "capital"])
        #expect(
            alone[0].members == [
                .init(feature: FeatureID(layer: 2, index: 157), positions: PositionRange(12)),
                .init(feature: FeatureID(layer: 3, index: 40), positions: PositionRange(11)),
            ])
    }

    @Test(arguments: [
        (#"[["a", "2_-1_12"]]"#, "2_-1_12"), (#"[["a", "E_3_1"]]"#, "E_3_1"), (#"[["a"]]"#, #"["a"]"#),
        ("{}", "neither"), ("[1]", "neither"), ("[[", "neither"),
        (#"[["a", "1_2_3"], ["a", "1_2_4"]]"#, "'a' twice"),
    ])
    func `what cannot be set is refused by its name`(json: String, found: String) {
        let error = #expect(throws: ExportError.self) { try read(json) }
        #expect(error?.found == found)
    }
}
