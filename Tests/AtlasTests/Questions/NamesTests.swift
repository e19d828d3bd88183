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

    @Test func `a NUL in a name neither reads nor writes nor removes another's`() throws {
        try writer.setSupernode("Texas", note: "mine", members: members)
        #expect(throws: AtlasError.self) { try writer.setSupernode("Texas\u{0}junk", members: [members[0]]) }
        #expect(try writer.removeSupernode("Texas\u{0}junk") == false)
        #expect(throws: QuestionError.self) { try reader.supernode("Texas\u{0}junk") }
        #expect(throws: AtlasError.self) { try writer.setLabel("Texas\u{0}junk", of: members[0]) }
        #expect(throws: AtlasError.self) { try writer.setLabel("Texas", note: "a\u{0}b", of: members[0]) }
        #expect(throws: AtlasError.self) { try writer.beginRun(corpus: "a\u{0}b") }
        #expect(try reader.supernode("Texas").note == "mine")
        #expect(try reader.labels().isEmpty)
    }

    @Test func `white space around a name is no part of it`() throws {
        try writer.setSupernode(" Texas ", members: members)
        #expect(try reader.supernode("Texas\n").name == "Texas")
        #expect(try writer.removeSupernode(" Texas"))
    }

    @Test func `a prompt, an answer or a tag with a NUL is not stored`() throws {
        let run = try writer.beginRun(corpus: "more")
        let sound = RandomFacts.prompts(1)[0]
        for spoil: (inout PromptFacts) -> Void in [
            { $0.text += "\u{0}more" }, { $0.answer = "a\u{0}" }, { $0.tags = ["a\u{0}": "b"] },
            { $0.tags = ["a": "b\u{0}c"] }, { $0.externalID = "a\u{0}b" }, { $0.tags = [" a": "b"] },
        ] {
            var facts = sound
            spoil(&facts)
            #expect(throws: AtlasError.self) { try writer.commit([facts], run: run) }
        }
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
