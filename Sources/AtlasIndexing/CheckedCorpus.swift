import Files
import Texts

/// A corpus that was read to its end once, so that its faults are known before anything is stored.
///
/// What can be read only once (standard input, a pipe) is kept in memory. A file is read again, and what is read then must
/// be what was checked: a file that others change meanwhile ends the run instead of losing lines.
///
/// Of a shard only the shard's records are checked and count; the others are passed over.
struct CheckedCorpus {
    private let source: CorpusSource
    private let shard: CorpusShard?
    private let kept: [CorpusRecord]?
    /// Hashes of the well-formed records, in order; empty where they are kept.
    private let seen: [Int]
    /// The places, among the records that are well-formed, of those that were left out.
    private let leftOut: Set<Int>
    private let malformedCount: Int
    /// How many records it holds.
    let recordCount: Int
    /// How many records were skipped, malformed ones and those that `check` refused.
    var skippedCount: Int { malformedCount + leftOut.count }

    /// Reads all records of `source` and lets `check` look at each.
    ///
    /// - Parameters:
    ///   - shard: the only records that are looked at
    ///   - policy: what to do about a record that is malformed, and about one that `check` refuses
    /// - Complexity: 8 bytes of memory a record of the shard
    init(
        _ source: CorpusSource, shard: CorpusShard? = nil, onMalformed policy: MalformedRecordPolicy,
        check: (CorpusRecord) throws(CorpusError) -> Void, progress: (Int) -> Void
    ) throws(CorpusError) {
        let keepsRecords = source.canBeReadOnce
        let records = try source.records(onMalformed: policy)
        var kept: [CorpusRecord] = []
        var seen: [Int] = []
        var leftOut: Set<Int> = []
        var count = 0
        while let record = try records.next() {
            guard shard?.contains(record.text) != false else { continue }
            count += 1
            do throws(CorpusError) {
                try check(record)
                if keepsRecords { kept.append(record) }
            } catch {
                guard case .skip(let report) = policy else { throw error }
                report(error)
                leftOut.insert(count - 1)
            }
            if !keepsRecords { seen.append(Self.hash(record)) }
            if count % 1000 == 0 { progress(count) }
        }
        self.source = source
        self.shard = shard
        self.kept = keepsRecords ? kept : nil
        self.seen = seen
        self.leftOut = leftOut
        recordCount = count - leftOut.count
        malformedCount = records.skippedCount
    }

    /// Calls `body` with batches of records in order; `size` is asked before each.
    ///
    /// - Throws: `CorpusError` where a record is not the one that was checked, before `body` sees it, and at the end where
    ///   there are more or fewer.
    func forEachBatch(size: () -> Int, _ body: ([CorpusRecord]) throws -> Void) throws {
        var batch: [CorpusRecord] = []
        var limit = size()
        func take(_ record: CorpusRecord) throws {
            batch.append(record)
            guard batch.count == limit else { return }
            try body(batch)
            batch.removeAll(keepingCapacity: true)
            limit = size()
        }
        if let kept {
            for record in kept { try take(record) }
        } else {
            try readAgain(take)
        }
        if !batch.isEmpty { try body(batch) }
    }

    private func readAgain(_ take: (CorpusRecord) throws -> Void) throws {
        // What is malformed was reported by the first reading.
        let records = try source.records(onMalformed: .skip(report: { _ in }))
        var place = 0
        while let record = try records.next() {
            guard shard?.contains(record.text) != false else { continue }
            guard place < seen.count else {
                throw Self.changed(record.place, expected: "no more than \(seen.count) records", found: "another")
            }
            guard seen[place] == Self.hash(record) else {
                throw Self.changed(record.place, expected: "the record that was checked", found: "another")
            }
            if !leftOut.contains(place) { try take(record) }
            place += 1
        }
        guard place == seen.count, records.skippedCount == malformedCount else {
            throw Self.changed(
                source.name, expected: "\(seen.count) records and \(malformedCount) malformed ones",
                found: "\(place) and \(records.skippedCount)")
        }
    }

    private static func changed(_ place: String, expected: String, found: String) -> CorpusError {
        CorpusError(
            file: place, expected: expected, found: found,
            advice: "the corpus was changed while it was read; run the same command again", endsInput: true)
    }

    /// Of everything that is stored of a record, byte for byte.
    private static func hash(_ record: CorpusRecord) -> Int {
        var hasher = Hasher()
        for field in [record.text, record.externalID, record.answer] {
            hasher.combine(field.map { ExactText($0) })
        }
        for (name, value) in record.tags.sorted(by: { $0.key < $1.key }) {
            hasher.combine(name)
            hasher.combine(ExactText(value))
        }
        return hasher.finalize()
    }
}

extension CorpusSource {
    /// Whether it cannot be read a second time: standard input, a pipe, a device.
    var canBeReadOnce: Bool {
        switch self {
        case .standardInput: true
        case .file(let path, _): path == "-" || FilePlace(path).kind == .other
        case .template, .text: false
        }
    }

    /// What messages call it.
    fileprivate var name: String {
        switch self {
        case .standardInput: "standard input"
        case .file(let path, _): path
        case .template: "template"
        case .text(_, let name, _): name
        }
    }
}
