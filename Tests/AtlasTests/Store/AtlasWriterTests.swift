import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Facts go in once, as a whole.
struct AtlasWriterTests {
    private func count(_ table: String, in atlas: Atlas) throws -> Int {
        try atlas.read("counting") { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")! }
    }

    @Test func `committing the same facts twice changes nothing`() throws {
        let facts = RandomFacts.prompts(5)
        let once = try TemporaryAtlas([facts])
        let twice = try TemporaryAtlas([facts, facts])
        for table in ["prompts", "graphs", "memberships", "tags", "logit_targets"] {
            #expect(try count(table, in: once.atlas) == count(table, in: twice.atlas))
        }
    }

    @Test func `missing texts are those not stored, each once and in order`() throws {
        let facts = RandomFacts.prompts(3)
        let test = try TemporaryAtlas([[facts[1]]])
        let texts = [facts[2].text, facts[1].text, facts[0].text, facts[2].text]
        #expect(
            try AtlasWriter(test.atlas).missing(texts: texts, needGraphs: true) == [facts[2].text, facts[0].text])
    }

    @Test func `a text without a graph is missing only where graphs are needed`() throws {
        let facts = RandomFacts.prompts(1, graphs: false)
        let test = try TemporaryAtlas([facts])
        #expect(try AtlasWriter(test.atlas).missing(texts: [facts[0].text], needGraphs: false) == [])
        #expect(try AtlasWriter(test.atlas).missing(texts: [facts[0].text], needGraphs: true) == [facts[0].text])
    }

    @Test func `a graph is added to a stored prompt that has none`() throws {
        let facts = RandomFacts.prompts(1)
        var bare = facts
        bare[0].graph = nil
        let test = try TemporaryAtlas([bare, facts])
        #expect(try count("prompts", in: test.atlas) == 1)
        #expect(try count("graphs", in: test.atlas) == 1)
    }

    @Test func `a second corpus adds its membership and its tags`() throws {
        var facts = RandomFacts.prompts(1)
        let test = try TemporaryAtlas([facts])
        let writer = AtlasWriter(test.atlas)
        facts[0].tags = ["family": "even", "source": "second"]
        facts[0].externalID = "other"
        try writer.commit(facts, run: try writer.beginRun(corpus: "second corpus"))
        #expect(try count("prompts", in: test.atlas) == 1)
        #expect(try count("memberships", in: test.atlas) == 2)
        #expect(try count("tags", in: test.atlas) == 3)
    }

    @Test func `a stored answer is not rewritten by another corpus, a missing one is added`() throws {
        var facts = RandomFacts.prompts(2)
        (facts[0].answer, facts[0].answerToken, facts[0].answerProbability) = ("first", 3, 0.5)
        (facts[1].answer, facts[1].answerToken, facts[1].answerProbability) = (nil, nil, nil)
        let test = try TemporaryAtlas([facts])
        for place in facts.indices {
            (facts[place].answer, facts[place].answerToken, facts[place].answerProbability) = ("second", 4, 0.25)
        }
        let writer = AtlasWriter(test.atlas)
        try writer.commit(facts, run: try writer.beginRun(corpus: "second corpus"))
        let stored = try test.atlas.read("reading answers") { db in
            try facts.map { facts in
                try String.fetchOne(db, sql: "SELECT answer FROM prompts WHERE text = ?", arguments: [facts.text])
            }
        }
        #expect(stored == ["first", "second"])
    }

    @Test func `a mention adds membership without facts`() throws {
        let facts = RandomFacts.prompts(1)
        let test = try TemporaryAtlas([facts])
        let writer = AtlasWriter(test.atlas)
        try writer.link(
            [PromptMention(text: facts[0].text, tags: ["new": "tag"])], run: try writer.beginRun(corpus: "b"))
        #expect(try count("memberships", in: test.atlas) == 2)
        #expect(try count("tags", in: test.atlas) == 3)
    }

    @Test func `a mention of an unknown text is refused by its text`() throws {
        let test = try TemporaryAtlas()
        let writer = AtlasWriter(test.atlas)
        let run = try writer.beginRun(corpus: "a")
        #expect(throws: AtlasError.unknownText(text: "nowhere")) {
            try writer.link([PromptMention(text: "nowhere")], run: run)
        }
        #expect(try count("memberships", in: test.atlas) == 0)
    }

    @Test func `facts of an unknown run are refused`() throws {
        let test = try TemporaryAtlas()
        #expect(throws: AtlasError.unknownRun(id: 99)) {
            try AtlasWriter(test.atlas).commit(RandomFacts.prompts(1), run: 99)
        }
    }

    @Test func `a batch with one bad prompt stores none of it`() throws {
        var facts = RandomFacts.prompts(3)
        facts[2].tokens[1] = 5000
        let test = try TemporaryAtlas()
        let writer = AtlasWriter(test.atlas)
        let run = try writer.beginRun(corpus: "a")
        #expect(throws: AtlasError.self) { try writer.commit(facts, run: run) }
        #expect(try count("prompts", in: test.atlas) == 0)
    }

    @Test func `a full disk is one clear error and leaves the atlas as it was`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(2)])
        let writer = AtlasWriter(test.atlas)
        let run = try writer.beginRun(corpus: "a")
        try test.atlas.database.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")!
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let many = Array(RandomFacts.prompts(200).dropFirst(2))
        let error = #expect(throws: AtlasError.self) { try writer.commit(many, run: run) }
        guard case .storageFailed(_, let operation, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(operation == "storing 198 prompts")
        #expect(try count("prompts", in: test.atlas) == 2)
        #expect(
            try test.atlas.read("checking") { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test func `features without token effects are those that fired and have none`() throws {
        let facts = RandomFacts.prompts(4)
        let test = try TemporaryAtlas([facts])
        let writer = AtlasWriter(test.atlas)
        let fired = Set(facts.flatMap(\.activations).map(\.feature)).sorted()
        #expect(try writer.featuresLackingTokenEffects() == fired)
        let effects = fired.prefix(2).map {
            FeatureTokenEffects(
                feature: $0, promoted: [.init(token: 1, value: 2)], suppressed: [.init(token: 2, value: -3)],
                excitedBy: [])
        }
        try writer.writeTokenEffects(effects)
        #expect(try writer.featuresLackingTokenEffects() == Array(fired.dropFirst(2)))
    }
}
