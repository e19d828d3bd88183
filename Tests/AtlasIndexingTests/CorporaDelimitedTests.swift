import Circuits
import Foundation
import Testing

@testable import AtlasIndexing

@Suite struct CorporaDelimitedTests {
    @Test func `columns are text, id, answer and tags`() throws {
        let corpus = try TemporaryCorpus("id,text,answer,family\nx1,1+2=,3,addition\n", name: "c.csv")
        #expect(
            try corpus.records() == [
                CorpusRecord(
                    text: "1+2=", externalID: "x1", answer: "3", tags: ["family": "addition"], place: "c.csv line 2")
            ])
    }

    @Test func `another column can be the text`() throws {
        let corpus = try TemporaryCorpus("prompt\ttext\nhello, world\tother\n", name: "c.tsv")
        let records = try corpus.records(format: .tabSeparated(textColumn: "prompt"))
        #expect(records.map(\.text) == ["hello, world"])
        #expect(records.map(\.tags) == [["text": "other"]])
    }

    @Test func `quoted fields hold delimiters, doubled quotes and line breaks as written`() throws {
        let corpus = try TemporaryCorpus(
            "text,tag\r\n\"a, \"\"b\"\"\",1\r\n\"two\r\nlines\",\"x\ny\"\r\n\r\nlast,\"\"", name: "c.csv")
        let records = try corpus.records()
        #expect(records.map(\.text) == ["a, \"b\"", "two\r\nlines", "last"])
        #expect(records.map(\.tags) == [["tag": "1"], ["tag": "x\ny"], [:]])
        #expect(records.map(\.place) == ["c.csv line 2", "c.csv line 3", "c.csv line 7"])
    }

    @Test func `columns whose names are canonically equal are two, and carriage returns alone end rows`() throws {
        let corpus = try TemporaryCorpus("text,\u{E9},e\u{301}\r\"a\rb\",1,2\rc,3,\r", name: "c.csv")
        let records = try corpus.records()
        #expect(records.map(\.text) == ["a\rb", "c"])
        #expect(records.map(\.tags) == [["\u{E9}": "1", "e\u{301}": "2"], ["\u{E9}": "3"]])
    }

    @Test(arguments: [
        ("a,b,c", 3, "2 fields as in the header", "3"),
        ("a", 3, "2 fields as in the header", "1"),
        (",b", 3, "text in the column `text`", "an empty field"),
        ("a\"b\",c", 3, "no quote inside a field without quotes", "`\"b\",c`"),
        ("\"a\"b,c", 3, "a delimiter after the closing quote", "`b,c`"),
    ])
    func `a malformed row is named with its line, and reading goes on behind it`(
        row: String, line: Int, expected: String, found: String
    ) throws {
        let corpus = try TemporaryCorpus("text,tag\nfirst,1\n\(row)\nlast,2\n", name: "c.csv")
        let (records, reports) = try corpus.skipping()
        #expect(records.map(\.text) == ["first", "last"])
        #expect(reports.map(\.line) == [line])
        #expect(reports.map(\.expected) == [expected])
        #expect(reports.map(\.found) == [found])
    }

    @Test func `a quote that is never closed is named where it opened`() throws {
        let corpus = try TemporaryCorpus("text\nfirst\n\"open\nmore\nmore\n", name: "c.csv")
        let (records, reports) = try corpus.skipping()
        #expect(records.map(\.text) == ["first"])
        #expect(reports.map(\.line) == [3])
        #expect(reports.map(\.found) == ["the end of the file 3 lines later"])
    }

    @Test(arguments: [
        ("text,a,a\nx,1,2\n", "each column once", "`a` twice"),
        ("text,\nx,1\n", "a name for each column", "an empty one"),
        ("prompt,a\nx,1\n", "a header with the column `text`", "`prompt, a`"),
        ("\"text,a\nx,1\n", "a closing quote", "the end of the file 2 lines later"),
    ])
    func `a fault of the header ends the input even when malformed rows are skipped`(
        text: String, expected: String, found: String
    ) throws {
        let corpus = try TemporaryCorpus(text, name: "c.csv")
        #expect(throws: CorpusError(file: corpus.path, line: 1, expected: expected, found: found, endsInput: true)) {
            try corpus.skipping()
        }
    }

    @Test func `what is written by the rules is read back`() throws {
        var random = SeededNumbers(seed: 5)
        let alphabet: [Character] = ["a", ",", "\"", "\n", "\t", " ", "é", "\r\n", "\u{2028}", "😀"]
        for _ in 0..<300 {
            let rows = (0..<5).map { _ in (0..<3).map { _ in Self.field(of: alphabet, using: &random) } }
            let quoted = rows.map { row in
                row.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" }.joined(separator: ",")
            }
            let corpus = try TemporaryCorpus((["text,id,tag"] + quoted).joined(separator: "\n"), name: "c.csv")
            let records = try corpus.records()
            #expect(records.map { [$0.text, $0.externalID ?? "", $0.tags["tag"] ?? ""] } == rows)
        }
    }

    private static func field(of alphabet: [Character], using random: inout SeededNumbers) -> String {
        var field = "x"
        for _ in 0..<Int.random(in: 0..<9, using: &random) {
            field.append(alphabet.randomElement(using: &random)!)
        }
        return field
    }
}
