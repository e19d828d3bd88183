import Circuits
import Foundation
import Testing

@testable import AtlasIndexing

@Suite struct CorporaFuzzTests {
    private static let seeds: [(name: String, text: String)] = [
        (
            "c.jsonl",
            "{\"id\": \"x\", \"text\": \"calc: 1+2=\", \"answer\": \"3\", \"tags\": {\"a\": 1, \"b\": true}}\n"
        ),
        ("c.csv", "id,text,tag\nx,\"a, \"\"b\"\"\",1\ny,\"two\r\nlines\",2\n\nz,plain,3\n"),
        ("c.tsv", "text\ttag\n\"a\tb\"\t1\nplain\t2\n"),
        ("c.txt", "\u{feff}one\r\n\ntwo é 😀\n"),
    ]

    private static func mutate(_ bytes: inout [UInt8], using random: inout SeededNumbers) {
        let telling: [UInt8] = Array("\"\\,\t\r\n{}[]:0u".utf8) + [0, 0xff, 0xc3, 0xed, 0xf0, 0x80, 0xef]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let position = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(telling.randomElement(using: &random)!, at: position)
            case 1 where position < bytes.count: bytes.remove(at: position)
            case 2 where position < bytes.count: bytes[position] = telling.randomElement(using: &random)!
            case 3: bytes.removeSubrange(position...)
            default: bytes += bytes[position...]
            }
        }
    }

    @Test func `whatever the bytes, each line is a record, a report or skipped, and every record is sound`() throws {
        var random = SeededNumbers(seed: 1)
        let corpus = try TemporaryCorpus("", name: "unused.txt")
        for round in 0..<10_000 {
            let (name, text) = Self.seeds[round % Self.seeds.count]
            var bytes = Array(text.utf8)
            Self.mutate(&bytes, using: &random)
            let path = corpus.folder.appendingPathComponent(name).path
            // A new file each time: some file systems flush one that is written over.
            try? FileManager.default.removeItem(atPath: path)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let reports = Reports()
            var records: [CorpusRecord] = []
            do {
                let reader = try CorpusSource.file(path: path).records(onMalformed: .skip { reports.append($0) })
                while let record = try reader.next() { records.append(record) }
                #expect(reader.skippedCount == reports.all.count)
            } catch {
                #expect(error.endsInput)
                reports.append(error)
            }
            let lineCount = bytes.count { $0 == 10 || $0 == 13 } + 1
            #expect(records.count + reports.all.count <= lineCount)
            #expect(!records.contains { $0.text.isEmpty || $0.text.utf8.contains(0) })
            #expect(!reports.all.contains { $0.found.count > 80 || $0.description.contains("\n") })
        }
    }

    @Test func `whatever the pattern, a template is refused or expands to as many records as it says`() throws {
        var random = SeededNumbers(seed: 2)
        let alphabet = ["{", "}", "{a}", "{b}", "{{", "x", "é", "\u{301}", " ", "\0"]
        for _ in 0..<10_000 {
            let pattern = (0..<Int.random(in: 0..<8, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            let template: CorpusTemplate
            do {
                template = try CorpusTemplate(pattern: pattern.joined(), values: ["a": 0...2, "b": 1...3])
            } catch {
                #expect(error.endsInput)
                continue
            }
            let records = try CorpusSource.template(template).records(onMalformed: .fail).all()
            #expect(records.count == template.recordCount)
            #expect(Set(records.map(\.text)).count == records.count)
        }
    }
}
