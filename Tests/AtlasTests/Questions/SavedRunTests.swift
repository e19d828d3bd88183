import AtlasQuery
import Circuits
import Testing

@testable import AtlasStore

/// Runs that people keep.
struct SavedRunTests {
    private let fixture: QueryFixture
    private var reader: AtlasReader { fixture.reader }
    private var writer: AtlasWriter { AtlasWriter(fixture.test.atlas) }

    init() throws { fixture = try QueryFixture(count: 6) }

    @Test func `a run is kept as it was given, replaced by one of its name, and forgotten`() throws {
        try writer.setSavedRun(" Texas off ", text: "calc: 1\n+2=", state: ["set": "2/1@3-=x0", "doses": "0, 1"])
        let kept = try reader.savedRun("Texas off")
        #expect(kept.text == "calc: 1\n+2=" && kept.state == ["set": "2/1@3-=x0", "doses": "0, 1"])
        try writer.setSavedRun("Texas off", text: "other", state: [:])
        try writer.setSavedRun("a first one", text: "text", state: [:])
        #expect(try reader.savedRuns().map(\.name) == ["Texas off", "a first one"])
        #expect(try reader.savedRun("Texas off").text == "other")
        #expect(try writer.removeSavedRun("Texas off"))
        #expect(try writer.removeSavedRun("Texas off") == false)
        #expect(try reader.verify().problems == [])
    }

    @Test func `what cannot be kept is refused, and an unknown name is answered with the nearest`() throws {
        try writer.setSavedRun("Texas", text: "text", state: [:])
        for (name, text, state) in [
            ("", "text", [:]), ("name", "", [:]), ("a\u{0}b", "text", [:]), ("name", "a\u{0}", [:]),
            ("name", "text", ["a": String(repeating: "x", count: 200_000)]),
            ("name", "text", Dictionary(uniqueKeysWithValues: (0..<101).map { ("\($0)", "") })),
        ] {
            #expect(throws: AtlasError.self) { try writer.setSavedRun(name, text: text, state: state) }
        }
        #expect(throws: QuestionError.unknownSavedRun(name: "texas", nearest: ["Texas"])) {
            try reader.savedRun("texas")
        }
        #expect(try reader.savedRuns().count == 1)
    }

    @Test func `merging takes kept runs over, and this atlas's of the same name stays`() throws {
        try writer.setSavedRun("both", text: "mine", state: [:])
        let other = try TemporaryAtlas([RandomFacts.prompts(3)])
        try AtlasWriter(other.atlas).setSavedRun("both", text: "theirs", state: [:])
        try AtlasWriter(other.atlas).setSavedRun("new", text: "theirs", state: ["seed": "3"])
        try AtlasMerge(into: fixture.test.atlas).merge(other.atlas)
        #expect(try reader.savedRuns().map(\.text) == ["mine", "theirs"])
        #expect(try reader.savedRun("new").state == ["seed": "3"])
        #expect(try reader.verify().problems.filter { "\($0)".contains("saved_runs") } == [])
    }
}
