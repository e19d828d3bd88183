import Testing

@testable import AtlasIndexing

@Suite struct CorporaJSONLinesTests {
    @Test func `a line's fields become a record`() throws {
        let corpus = try TemporaryCorpus(
            #"{"id": "x1", "text": "calc: 1+2=", "answer": "3", "tags": {"family": "addition"}}"# + "\n",
            name: "corpus.jsonl")
        #expect(
            try corpus.records() == [
                CorpusRecord(
                    text: "calc: 1+2=", externalID: "x1", answer: "3", tags: ["family": "addition"],
                    place: "corpus.jsonl line 1")
            ])
    }

    @Test func `numbers and booleans become text and null is absence`() throws {
        let line = #"{"text": "t", "id": 7, "answer": null, "tags": {"a": 15, "b": 1.5, "c": true, "d": null}}"#
        let record = try #require(try TemporaryCorpus(line, name: "c.jsonl").records().first)
        #expect(record.externalID == "7")
        #expect(record.answer == nil)
        #expect(record.tags == ["a": "15", "b": "1.5", "c": "true"])
    }

    @Test func `numbers keep the digits that they are written with`() throws {
        let line = #"{"text": "t", "id": 12345678901234567890, "answer": 1.50, "tags": {"a": -0, "b": 1E+400}}"#
        let record = try #require(try TemporaryCorpus(line, name: "c.jsonl").records().first)
        #expect(record.externalID == "12345678901234567890" && record.answer == "1.50")
        #expect(record.tags == ["a": "-0", "b": "1E+400"])
    }

    @Test func `tags whose names are canonically equal are two tags`() throws {
        let line = "{\"text\": \"t\", \"tags\": {\"\u{E9}\": 1, \"e\u{301}\": 2, \"\\u00e8\": 3}}"
        let record = try #require(try TemporaryCorpus(line, name: "c.jsonl").records().first)
        #expect(record.tags == ["\u{E9}": "1", "e\u{301}": "2", "\u{E8}": "3"])
    }

    @Test func `unknown fields are left out`() throws {
        let corpus = try TemporaryCorpus(#"{"text": "t", "source": {"deep": [1, 2]}}"#, name: "c.jsonl")
        #expect(try corpus.records() == [CorpusRecord(text: "t", place: "c.jsonl line 1")])
    }

    @Test func `a byte order mark, carriage returns, blank lines and a missing last line break are accepted`() throws {
        let corpus = try TemporaryCorpus("\u{feff}{\"text\": \"a\"}\r\n  \r\n\n{\"text\": \"b\"}", name: "c.ndjson")
        let records = try corpus.records()
        #expect(records.map(\.text) == ["a", "b"])
        #expect(records.map(\.place) == ["c.ndjson line 1", "c.ndjson line 4"])
    }

    @Test(arguments: [
        (#"{"id": "x"}"#, "a field `text` holding a string"),
        (#"{"text": 5}"#, "a string in the field `text`"),
        (#"{"text": null}"#, "a string in the field `text`"),
        (#"{"text": ""}"#, "a field \"text\" that is not empty"),
        (#"{"text": "t", "tags": {"a": [1]}}"#, "a string, a number or a boolean in the field `tags.a`"),
        (#"{"text": "t", "tags": "x"}"#, "an object in the field `tags`"),
        (#"{"text": "t", "tags": {"": "x"}}"#, "a name for each tag"),
        (#"{"text": "a\u0000b"}"#, "strings without \\u0000"),
        (#"{"text": "t""#, "one valid JSON object"),
        (#"["text"]"#, "one JSON object"),
        (#"{"text": "\ud800"}"#, "one valid JSON object"),
        (#"{"text": "t", "answer": "\ude00x"}"#, "one valid JSON object"),
        (#"{"text": "t", "text": "u"}"#, "each field once"),
        (#"{"text": "t", "id": 1, "\u0069d": 2}"#, "each field once"),
        (#"{"text": "t", "tags": {"a": 1, "a": null}}"#, "each tag once"),
        (#"{"text": "t", "tags": {"a": {"b": 1}}}"#, "a string, a number or a boolean in the field `tags.a`"),
        (#"{"text": "t", "id": [1]}"#, "a string, a number or a boolean in the field `id`"),
        (#"{"text": "t", "id": 01}"#, "one valid JSON object"),
        (#"{"text": "t", "answer": "a\u0000"}"#, "strings without \\u0000"),
        (#"{"text": "t"} {"text": "u"}"#, "one valid JSON object"),
    ])
    func `a malformed line is named with its number, and reading goes on behind it`(
        line: String, expected: String
    ) throws {
        let corpus = try TemporaryCorpus("{\"text\": \"a\"}\n\(line)\n{\"text\": \"b\"}\n", name: "c.jsonl")
        let (records, reports) = try corpus.skipping()
        #expect(records.map(\.text) == ["a", "b"])
        #expect(reports.map(\.line) == [2])
        #expect(reports.map(\.expected) == [expected])
        #expect(corpus.error() == reports.first)
    }

    @Test func `an error quotes one short line without control characters`() throws {
        let corpus = try TemporaryCorpus(
            "{\"text\": \"\u{1b}[31m\u{202e}" + String(repeating: "x", count: 500), name: "c.jsonl")
        let found = try #require(corpus.error()).found
        #expect(found == "`{\"text\": \"\\u{1b}[31m\\u{202e}xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`")
        #expect(found.count == 60)
    }

    @Test func `an error says file, line, expectation and finding in one line`() throws {
        let corpus = try TemporaryCorpus("{\"text\": \"a\"}\n{}\n", name: "c.jsonl")
        #expect(
            corpus.error()?.description
                == "\(corpus.path) line 2: expected a field `text` holding a string, found `{}`")
    }

    @Test func `nesting too deep for the parser is a malformed line`() throws {
        let deep = String(repeating: "[", count: 100_000)
        let corpus = try TemporaryCorpus("{\"text\": \(deep)\n{\"text\": \"b\"}\n", name: "c.jsonl")
        let (records, reports) = try corpus.skipping()
        #expect(records.map(\.text) == ["b"])
        #expect(reports.count == 1)
    }
}
