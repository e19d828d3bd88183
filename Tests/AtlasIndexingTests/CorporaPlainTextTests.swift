import Foundation
import Testing

@testable import AtlasIndexing

@Suite struct CorporaPlainTextTests {
    @Test func `each line that is not empty is a prompt, kept as it is`() throws {
        let corpus = try TemporaryCorpus(" one \r\n\n\r\ntwo\t2\nthree", name: "c.txt")
        let records = try corpus.records()
        #expect(records.map(\.text) == [" one ", "two\t2", "three"])
        #expect(records.map(\.place) == ["c.txt line 1", "c.txt line 4", "c.txt line 5"])
    }

    @Test(arguments: [
        "one\ntwo\n\nthree", "one\r\ntwo\r\n\r\nthree\r\n", "one\rtwo\r\rthree\r", "one\r\ntwo\n\rthree",
    ])
    func `a line ends with a line feed, a carriage return or both`(text: String) throws {
        let records = try TemporaryCorpus(text, name: "c.txt").records()
        #expect(records.map(\.text) == ["one", "two", "three"])
        #expect(records.map(\.place) == ["c.txt line 1", "c.txt line 2", "c.txt line 4"])
    }

    @Test func `a line separator of Unicode and a vertical tab end no line`() throws {
        let text = "one\u{2028}two\u{85}three\u{B}four\u{C}five"
        #expect(try TemporaryCorpus(text, name: "c.txt").records().map(\.text) == [text])
    }

    @Test func `a carriage return and its line feed are one ending wherever the buffer is cut`() throws {
        for count in [262_143, 262_142, 262_144] {
            let first = String(repeating: "x", count: count)
            let records = try TemporaryCorpus(first + "\r\ny\rz", name: "c.txt").records()
            #expect(records.map(\.text) == [first, "y", "z"])
            #expect(records.map(\.place) == ["c.txt line 1", "c.txt line 2", "c.txt line 3"])
        }
    }

    @Test func `an empty file has no records`() throws {
        #expect(try TemporaryCorpus("", name: "c.txt").records().isEmpty)
        #expect(try TemporaryCorpus("\u{feff}", name: "c.txt").records().isEmpty)
    }

    @Test func `invalid UTF-8 and NUL are malformed`() throws {
        let corpus = try TemporaryCorpus(
            Array("a\n\u{e9}x\n".utf8) + [0xff, 10, 0, 10] + Array("b\n".utf8), name: "c.txt")
        let (records, reports) = try corpus.skipping()
        #expect(records.map(\.text) == ["a", "\u{e9}x", "b"])
        #expect(reports.map(\.line) == [3, 4])
        #expect(reports.map(\.expected) == ["UTF-8", "text without NUL"])
        #expect(reports.map(\.found) == ["`\u{fffd}`", "`\\u{0}`"])
    }

    @Test func `a line of exactly the limit is read and one byte more is not`() throws {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: CorpusLines.limit)
        let corpus = try TemporaryCorpus(line + [10] + line + [120, 10] + Array("end\n".utf8), name: "c.txt")
        let (records, reports) = try corpus.skipping()
        #expect(records.map(\.text.utf8.count) == [CorpusLines.limit, 3])
        #expect(records.map(\.place) == ["c.txt line 1", "c.txt line 3"])
        #expect(reports.map(\.found) == ["16777217 bytes"])
    }

    @Test func `lines survive every cut that a buffer makes`() throws {
        let prompts = (0..<2_000).map { String(repeating: "é\($0) ", count: $0 % 211 + 1) }
        let corpus = try TemporaryCorpus(prompts.joined(separator: "\n"), name: "c.txt")
        #expect(try corpus.records().map(\.text) == prompts)
    }
}
