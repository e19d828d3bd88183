import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import DemoData
import Foundation
import Testing
import Texts

@testable import AtlasIndexing

/// Corpora indexed through the demo's model, which reads 256 tokens at most.
@Suite struct TextIdentityTests {
    private let attributor: Attributor

    init() throws {
        let data = try DemoData()
        attributor = try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
    }

    /// An atlas in its corpus's folder.
    private func index(
        _ corpus: TemporaryCorpus, options: IndexingOptions = IndexingOptions(activationsOnly: true),
        onMalformed policy: MalformedRecordPolicy = .fail
    ) throws -> (summary: IndexingSummary, reader: AtlasReader) {
        let path = corpus.folder.appendingPathComponent("test.atlas").path
        let summary = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus.path), corpusName: "corpus", options: options, onMalformed: policy)
        return (summary, AtlasReader(try Atlas.open(path, mode: .readOnly)))
    }

    @Test func `texts that are canonically equal are two prompts, in one batch and when indexed again`() throws {
        let texts = ["Fact: one", "Fact: two", "cafe\u{301} d", "Fact: three", "caf\u{E9} d", "Fact: four"]
        let corpus = try TemporaryCorpus(texts.joined(separator: "\n"), name: "corpus.txt")
        let (summary, reader) = try index(corpus)
        #expect(summary.addedPrompts == 6 && summary.knownPrompts == 0)
        let stored = try reader.promptList().items.map(\.text)
        #expect(Set(stored.map { ExactText($0) }) == Set(texts.map { ExactText($0) }))
        for text in texts { #expect(try reader.prompt(reader.promptID(text)).text.utf8.elementsEqual(text.utf8)) }
        #expect(try index(corpus).summary.knownPrompts == 6)
    }

    @Test func `tags whose names or values are canonically equal are both kept and told apart`() throws {
        let names = ["caf\u{E9}", "cafe\u{301}"]
        let corpus = try TemporaryCorpus(
            "{\"text\": \"Fact: a\", \"tags\": {\"\(names[0])\": \"1\", \"\(names[1])\": \"2\"}}\n"
                + "{\"text\": \"Fact: b\", \"tags\": {\"kind\": \"\(names[0])\"}}\n"
                + "{\"text\": \"Fact: c\", \"tags\": {\"kind\": \"\(names[1])\"}}\n", name: "corpus.jsonl")
        let reader = try index(corpus).reader
        let prompt = try reader.prompt(reader.promptID("Fact: a"))
        #expect(Set(prompt.tags.map { ExactText($0.name) }) == Set(names.map { ExactText($0) }))
        #expect(try reader.tags().items.map(\.name).filter { $0 == names[0] }.count == 2)
        for (name, text) in zip(names, ["Fact: b", "Fact: c"]) {
            let found = try reader.prompts(where: PromptFilter([.init(name: "kind", value: name)]))
            #expect(found == [try reader.promptID(text)])
        }
        let table = try reader.failures(byTag: "kind").tags
        #expect(table.map(\.promptCount) == [1, 1])
    }

    @Test func `ids and answers that are numbers keep their digits`() throws {
        let digits = ["12345678901234567890", "12345678901234567891", "9007199254740993", "1.50", "-0", "1E+400"]
        let lines = digits.enumerated().map {
            "{\"text\": \"Fact: i\($0)\", \"id\": \($1), \"tags\": {\"n\": \($1)}, \"answer\": \($1)}\n"
        }
        let reader = try index(TemporaryCorpus(lines.joined(), name: "corpus.jsonl")).reader
        for (place, number) in digits.enumerated() {
            let prompt = try reader.prompt(reader.promptID(number))
            #expect(prompt.text == "Fact: i\(place)" && prompt.externalIDs == [number] && prompt.answer == number)
            #expect(prompt.tags.map(\.name) == ["n"] && prompt.tags.map(\.value) == [number])
        }
    }

    @Test func `a repeated text keeps its first answer, and says which line's is left out`() throws {
        let corpus = try TemporaryCorpus(
            """
            {"text": "Fact: q", "id": 1, "answer": " a", "tags": {"x": 1}}
            {"text": "Fact: r", "answer": " c"}
            {"text": "Fact: q", "id": 2, "answer": " b", "tags": {"x": 2}}
            {"text": "Fact: q", "id": 3, "answer": " a"}
            """, name: "corpus.jsonl")
        let (summary, reader) = try index(corpus)
        #expect(summary.addedPrompts == 2 && summary.knownPrompts == 2 && summary.otherAnswers == 1)
        #expect(
            summary.notes == [
                "corpus.jsonl line 3: the same text as corpus.jsonl line 1 with another answer: kept ` a`, left out ` b`"
            ])
        let prompt = try reader.prompt(reader.promptID("Fact: q"))
        #expect(prompt.answer == " a" && prompt.externalIDs == ["1", "2", "3"])
        #expect(prompt.tags.map(\.value) == ["1", "2"])
        #expect(try index(corpus).summary.notes == summary.notes)
    }

    @Test func `an answer to a text that was stored without one is added and judged`() throws {
        let first = try TemporaryCorpus("Fact: the capital of France is\nFact: two\n", name: "corpus.txt")
        _ = try index(first)
        let path = first.folder.appendingPathComponent("more.jsonl").path
        try Data("{\"text\": \"Fact: two\", \"answer\": \" x\"}\n{\"text\": \"Fact: two\", \"answer\": \" y\"}\n".utf8)
            .write(to: URL(fileURLWithPath: path))
        let atlas = first.folder.appendingPathComponent("test.atlas").path
        let summary = try Indexer(attributor: attributor, atlasPath: atlas).index(
            .file(path: path), corpusName: "more", options: IndexingOptions(activationsOnly: true))
        #expect(summary.addedPrompts == 0 && summary.knownPrompts == 2 && summary.otherAnswers == 1)
        let reader = AtlasReader(try Atlas.open(atlas, mode: .readOnly))
        let prompt = try reader.prompt(reader.promptID("Fact: two"))
        #expect(prompt.answer == " x" && prompt.answerProbability != nil)
    }

    @Test func `a text longer than the context stops a corpus, is skipped with its line, or is cut`() throws {
        let long = "Fact:" + String(repeating: " one two", count: 300)
        let corpus = try TemporaryCorpus("Fact: one\n\(long)\nFact: two\n", name: "corpus.txt")
        let error = #expect(throws: CorpusError.self) { try index(corpus) }
        #expect(error?.description.hasPrefix("corpus.txt line 2: expected at most 256 tokens") == true)
        let reports = Reports()
        let skipping = try index(corpus, onMalformed: .skip { reports.append($0) })
        #expect(skipping.summary.skippedRecords == 1 && skipping.summary.addedPrompts == 2)
        #expect(reports.all == [error])
        let cut = try index(corpus, options: IndexingOptions(activationsOnly: true, truncation: .keepsBeginning))
        #expect(cut.summary.truncatedTexts == 1 && cut.summary.addedPrompts == 1)
        let prompt = try cut.reader.prompt(cut.reader.promptID(long))
        #expect(prompt.tokens.count == 256 && prompt.text == long)
        let count = attributor.model.tokenizer.encodePrompt(long).count
        #expect(prompt.tags.map(\.name) == ["truncated"] && prompt.tags.map(\.value) == ["256 of \(count) tokens"])
        #expect(prompt.tokens.map(\.token) == Array(attributor.model.tokenizer.encodePrompt(long).prefix(256)))
    }

    @Test func `the answer of a text that was cut is kept but not judged`() throws {
        let long = "Fact:" + String(repeating: " one two", count: 300)
        let corpus = try TemporaryCorpus(
            "{\"text\": \"\(long)\", \"answer\": \" x\"}\n{\"text\": \"Fact: one\", \"answer\": \" x\"}\n",
            name: "corpus.jsonl")
        let options = IndexingOptions(activationsOnly: true, truncation: .keepsBeginning)
        let reader = try index(corpus, options: options).reader
        let prompt = try reader.prompt(reader.promptID(long))
        #expect(prompt.answer == " x" && prompt.answerToken == nil && prompt.isRight == nil)
        #expect(try reader.prompt(reader.promptID("Fact: one")).answerToken != nil)
    }

    @Test func `a tag of the corpus is never mistaken for that of a text that was cut`() throws {
        let long = "Fact:" + String(repeating: " one two", count: 300)
        let corpus = try TemporaryCorpus(
            "{\"text\": \"\(long)\", \"tags\": {\"truncated\": \"no\"}}\n", name: "corpus.jsonl")
        let options = IndexingOptions(activationsOnly: true, truncation: .keepsBeginning)
        let error = #expect(throws: CorpusError.self) { try index(corpus, options: options) }
        #expect(error?.advice == "rename the tag")
    }

    @Test func `a text shorter than the targets' positions is a fault of its line`() throws {
        let corpus = try TemporaryCorpus("Fact: one\nFact: the capital of the state is\n", name: "corpus.txt")
        var options = IndexingOptions()
        options.attribution.positions = [PositionRange(5)]
        let reports = Reports()
        let (summary, _) = try index(corpus, options: options, onMalformed: .skip { reports.append($0) })
        #expect(summary.addedPrompts == 1 && reports.all.map(\.file) == ["corpus.txt line 1"])
    }

    @Test func `an evaluation skips or cuts a text longer than the context`() throws {
        let long = "Fact:" + String(repeating: " one two", count: 300)
        let corpus = try TemporaryCorpus("Fact: one\n\(long)\nFact: two\n", name: "corpus.txt")
        func evaluate(
            _ truncation: PromptTruncation? = nil, _ policy: MalformedRecordPolicy = .fail
        ) throws -> (prompts: Int, answers: Int, notes: [String]) {
            var notes: [String] = []
            let quality = try CorpusEvaluation(attributor).quality(
                of: .file(path: corpus.path), onMalformed: policy,
                options: EvaluationOptions(attributedPrompts: 0, truncation: truncation), jobs: 2,
                note: { notes.append("\($0)") })
            return (quality.promptCount, quality.answerPosition.count, notes)
        }
        #expect(throws: CorpusError.self) { try evaluate() }
        #expect(try evaluate(nil, .skip { _ in }).prompts == 2)
        let cut = try evaluate(.keepsBeginning)
        #expect(cut.prompts == 3 && cut.answers == 2 && cut.notes.count == 1)
        #expect(cut.notes.first?.hasPrefix("corpus.txt line 2: cut to the model's context: the first 256 of") == true)
    }
}
