import Foundation
import Testing

@testable import AtlasIndexing

@Suite struct CorporaInputTests {
    /// A `.gz` beside the corpus, made by gzip itself.
    private func compress(_ corpus: TemporaryCorpus) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-k", corpus.path]
        try process.run()
        process.waitUntilExit()
        return corpus.path + ".gz"
    }

    private func read(_ path: String) throws -> [CorpusRecord] {
        try CorpusSource.file(path: path).records(onMalformed: .fail).all()
    }

    @Test func `a gzip file reads like the plain one`() throws {
        let text = (0..<50_000).map { "{\"text\": \"prompt \($0)\"}\n" }.joined()
        let corpus = try TemporaryCorpus(text, name: "c.jsonl")
        #expect(try read(try compress(corpus)).map(\.text) == corpus.records().map(\.text))
    }

    @Test func `a file named like an option is no option`() throws {
        let corpus = try TemporaryCorpus("hello\n", name: "--help.txt")
        try FileManager.default.moveItem(atPath: corpus.path, toPath: corpus.path + ".plain")
        let plain = try TemporaryCorpus("hello\n", name: "x.txt")
        try FileManager.default.moveItem(atPath: try compress(plain), toPath: corpus.path + ".gz")
        #expect(try read(corpus.path + ".gz").map(\.text) == ["hello"])
    }

    @Test func `a truncated gzip file gives its error after the records before it`() throws {
        let corpus = try TemporaryCorpus((0..<5_000).map { "prompt \($0)\n" }.joined(), name: "c.txt")
        let path = try compress(corpus)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
        let records = try CorpusSource.file(path: path).records(onMalformed: .skip { _ in })
        #expect(try records.next()?.text == "prompt 0")
        let error = #expect(throws: CorpusError.self) { try records.all() }
        #expect(error?.expected == "a complete gzip file")
        #expect(error?.found.contains("unexpected end of file") == true)
        #expect(try records.next() == nil)
    }

    @Test func `a gzip file of several members is one corpus, and zeros behind it are padding`() throws {
        let parts = try ["one\ntwo\nth", "ree\n", "four\n"].map { text in
            let part = try TemporaryCorpus(text, name: "part.txt")
            return try withExtendedLifetime(part) {
                try Data(contentsOf: URL(fileURLWithPath: compress(part)))
            }
        }
        let corpus = try TemporaryCorpus("", name: "c.txt.gz")
        try (parts.reduce(Data(), +) + Data(count: 70_000)).write(to: URL(fileURLWithPath: corpus.path))
        #expect(try read(corpus.path).map(\.text) == ["one", "two", "three", "four"])
    }

    @Test func `what is no gzip data behind a gzip file is refused after the records before it`() throws {
        let corpus = try TemporaryCorpus("one\ntwo\n", name: "c.txt")
        defer { withExtendedLifetime(corpus) {} }
        let packed = try compress(corpus)
        let whole = try Data(contentsOf: URL(fileURLWithPath: packed))
        try (whole + Data("three\n".utf8)).write(to: URL(fileURLWithPath: packed))
        let records = try CorpusSource.file(path: packed).records(onMalformed: .fail)
        #expect(try records.next()?.text == "one")
        let error = #expect(throws: CorpusError.self) { try records.all() }
        #expect(error?.expected == "a complete gzip file")
    }

    @Test func `a gzip file left unread is closed without a wait`() throws {
        let corpus = try TemporaryCorpus(String(repeating: "prompt\n", count: 2_000_000), name: "c.txt")
        let path = try compress(corpus)
        let first = try CorpusSource.file(path: path).records(onMalformed: .fail).next()
        #expect(first?.text == "prompt")
    }

    @Test func `a file that is no gzip file although its name says so is refused`() throws {
        let corpus = try TemporaryCorpus("plain text\n", name: "c.txt.gz")
        #expect(corpus.error()?.found.contains("not in gzip format") == true)
    }

    @Test func `gzip data under another name is refused with what to do`() throws {
        let corpus = try TemporaryCorpus([0x1f, 0x8b, 8, 0], name: "c.txt")
        #expect(corpus.error()?.found == "gzip data")
    }

    @Test func `UTF-16 is refused by its mark`() throws {
        let corpus = try TemporaryCorpus([0xff, 0xfe, 0x61, 0], name: "c.txt")
        #expect(corpus.error()?.found == "the byte order mark of UTF-16")
    }

    @Test func `a missing file and a folder are refused by name`() throws {
        let corpus = try TemporaryCorpus("", name: "c.txt")
        let missing = #expect(throws: CorpusError.self) { try read(corpus.path + ".txt") }
        #expect(missing?.found == "No such file or directory")
        let folder = #expect(throws: CorpusError.self) {
            try CorpusSource.file(path: corpus.folder.path, format: .plainText).records(onMalformed: .fail).all()
        }
        #expect(folder?.found == "Is a directory")
    }

    @Test(arguments: [
        ("a/b.jsonl", CorpusFormat.jsonLines), ("b.NDJSON", .jsonLines), ("x.txt.gz", .plainText),
        ("t.v1.csv", .commaSeparated()), ("t.tsv.GZ", .tabSeparated()),
    ])
    func `a file's ending tells its format`(path: String, format: CorpusFormat) throws {
        #expect(try CorpusFormat(path: path) == format)
    }

    @Test(arguments: ["corpus", "corpus.json", "corpus.gz", "folder.txt/corpus", "", "-"])
    func `an ending that tells nothing is refused`(path: String) {
        #expect(throws: CorpusError.self) { try CorpusFormat(path: path) }
    }

    @Test func `records arrive while a pipe is still open`() throws {
        let corpus = try TemporaryCorpus("", name: "unused.txt")
        let path = corpus.folder.appendingPathComponent("pipe.txt").path
        try #require(mkfifo(path, 0o600) == 0)
        let writer = open(path, O_RDWR)
        defer { close(writer) }
        try #require(write(writer, "one\ntwo\nthr", 11) == 11)
        let records = try CorpusSource.file(path: path).records(onMalformed: .fail)
        #expect(try records.next()?.text == "one")
        #expect(try records.next()?.text == "two")
    }
}
