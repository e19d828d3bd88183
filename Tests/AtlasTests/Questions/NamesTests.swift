import AtlasQuery
import Circuits
import Testing

@testable import AtlasStore

/// Names that people give, and what becomes of them.
struct NamesTests {
    private let fixture: QueryFixture
    private var reader: AtlasReader { fixture.reader }
    private var writer: AtlasWriter { AtlasWriter(fixture.test.atlas) }
    private let members = [FeatureID(layer: 2, index: 1), FeatureID(layer: 0, index: 3)]

    init() throws { fixture = try QueryFixture(count: 12) }

    @Test func `a supernode is kept with its features in order, and found by its words`() throws {
        try writer.setSupernode("Texas cities", note: "Dallas and others", members: members + members)
        let expected = StoredSupernode(name: "Texas cities", note: "Dallas and others", members: members.reversed())
        #expect(try reader.supernodes() == [expected])
        #expect(try reader.search("cit").supernodes.map(\.name) == ["Texas cities"])
        #expect(try reader.search("others").supernodes.map(\.name) == ["Texas cities"])
    }

    @Test func `a supernode of the same name replaces the earlier one, and a removed one is forgotten`() throws {
        try writer.setSupernode("Texas", members: members)
        try writer.setSupernode("Texas", note: "fewer", members: [members[0]])
        #expect(try reader.supernode("Texas") == StoredSupernode(name: "Texas", note: "fewer", members: [members[0]]))
        #expect(try writer.removeSupernode("Texas"))
        #expect(try reader.supernodes().isEmpty && reader.search("Texas").supernodes.isEmpty)
        #expect(try writer.removeSupernode("Texas") == false)
    }

    @Test func `an unknown supernode is answered with the nearest there is`() throws {
        try writer.setSupernode("Texas", members: members)
        #expect(throws: QuestionError.unknownSupernode(name: "texas", nearest: ["Texas"])) {
            try reader.supernode("texas")
        }
    }

    @Test func `names without a feature of the set, or too long, are refused and change nothing`() throws {
        let before = try reader.labels()
        let beyond = FeatureID(layer: 9, index: 0)
        let long = String(repeating: "x", count: AtlasWriter.longestName + 1)
        #expect(throws: AtlasError.self) {
            try writer.setLabels([("fine", "", members[0]), ("beyond", "", beyond)])
        }
        #expect(throws: AtlasError.self) { try writer.setLabel(long, of: members[0]) }
        #expect(throws: AtlasError.self) { try writer.setSupernode("", members: members) }
        #expect(throws: AtlasError.self) { try writer.setSupernode("none", members: []) }
        #expect(throws: AtlasError.self) { try writer.setSupernode("beyond", members: [beyond]) }
        #expect(try reader.labels() == before && reader.supernodes().isEmpty)
    }

    @Test func `a label is what was given, and only people's are listed`() throws {
        let hostile = "<script>alert(1)</script> \u{202E}right to left\n\"quoted\""
        try writer.setLabel(hostile, note: "note", of: members[0])
        #expect(try reader.label(of: members[0]) == FeatureLabel(feature: members[0], label: hostile, note: "note"))
        #expect(try reader.labels().map(\.feature) == [QueryFixture.labelled, members[0]])
        #expect(try reader.label(of: FeatureID(layer: 0, index: 11)) == nil)
    }
}
