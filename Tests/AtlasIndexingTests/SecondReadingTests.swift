import AtlasStore
import Foundation
import Testing

@testable import AtlasIndexing

/// A corpus is read twice; what is stored is what was checked.
struct SecondReadingTests {
    private func checked(
        _ corpus: TemporaryCorpus, onMalformed policy: MalformedRecordPolicy = .fail
    ) throws -> CheckedCorpus {
        try CheckedCorpus(
            .file(path: corpus.path), onMalformed: policy, check: { (_) throws(CorpusError) in }, progress: { _ in })
    }

    private func texts(_ corpus: CheckedCorpus) throws -> [String] {
        var texts: [String] = []
        try corpus.forEachBatch(size: { 2 }) { texts += $0.map(\.text) }
        return texts
    }

    private let lines = (0..<5).map { "{\"text\": \"Fact: \($0)\", \"tags\": {\"n\": \($0)}}\n" }

    @Test func `a corpus that stays is read again as it was`() throws {
        let corpus = try TemporaryCorpus(lines.joined() + "{\n", name: "corpus.jsonl")
        let checked = try checked(corpus, onMalformed: .skip(report: { _ in }))
        #expect(try texts(checked) == (0..<5).map { "Fact: \($0)" } && checked.skippedCount == 1)
    }

    /// What became of the file between the readings.
    enum Change: CaseIterable {
        case lineGone, endGone, lineMore, otherTag, malformedNow, malformedMore, allGone

        func applied(to lines: [String]) -> [String] {
            switch self {
            case .lineGone: Array(lines[..<3] + lines[4...])
            case .endGone: Array(lines[..<3])
            case .lineMore: lines + ["{\"text\": \"Fact: more\"}\n"]
            case .otherTag: lines[..<4] + ["{\"text\": \"Fact: 4\", \"tags\": {\"n\": 5}}\n"]
            case .malformedNow: lines[..<4] + ["{\n"]
            case .malformedMore: lines + ["{\n"]
            case .allGone: []
            }
        }
    }

    @Test(arguments: Change.allCases)
    func `a corpus that changed between is refused`(change: Change) throws {
        let corpus = try TemporaryCorpus(lines.joined(), name: "corpus.jsonl")
        let checked = try checked(corpus)
        try change.applied(to: lines).joined().write(toFile: corpus.path, atomically: false, encoding: .utf8)
        let error = #expect(throws: CorpusError.self) { try texts(checked) }
        #expect(error?.advice == "the corpus was changed while it was read; run the same command again")
    }

    @Test func `a pipe, which can be read once, is kept`() throws {
        let corpus = try TemporaryCorpus("", name: "empty.jsonl")
        let pipe = corpus.folder.appendingPathComponent("pipe.jsonl").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let whole = lines.joined()
        Thread.detachNewThread { try? whole.write(toFile: pipe, atomically: false, encoding: .utf8) }
        let checked = try CheckedCorpus(
            .file(path: pipe), onMalformed: .fail, check: { (_) throws(CorpusError) in }, progress: { _ in })
        for _ in 0..<2 { #expect(try texts(checked).count == 5) }
    }
}
