import Texts

/// A corpus that was read to its end once, so that its faults are known before anything is stored.
///
/// Standard input can be read only once: its records are kept in memory.
struct CheckedCorpus {
    private let source: CorpusSource
    private let kept: [CorpusRecord]?
    /// The places, among the records that are well-formed, of those that were left out.
    private let leftOut: Set<Int>
    /// How many records it holds.
    let recordCount: Int
    /// How many records were skipped, malformed ones and those that `check` refused.
    let skippedCount: Int

    /// Reads all records of `source` and lets `check` look at each.
    ///
    /// - Parameter policy: what to do about a record that is malformed, and about one that `check` refuses
    init(
        _ source: CorpusSource, onMalformed policy: MalformedRecordPolicy,
        check: (CorpusRecord) throws(CorpusError) -> Void, progress: (Int) -> Void
    ) throws(CorpusError) {
        let keepsRecords =
            switch source {
            case .standardInput: true
            // What is no file can be read only once.
            case .file(let path, _): path == "-" || WholeFile.kindUnlessRegular(path: path) != nil
            case .template: false
            }
        let records = try source.records(onMalformed: policy)
        var kept: [CorpusRecord] = []
        var leftOut: Set<Int> = []
        var count = 0
        while let record = try records.next() {
            count += 1
            do throws(CorpusError) {
                try check(record)
                if keepsRecords { kept.append(record) }
            } catch {
                guard case .skip(let report) = policy else { throw error }
                report(error)
                leftOut.insert(count - 1)
            }
            if count % 1000 == 0 { progress(count) }
        }
        self.source = source
        self.kept = keepsRecords ? kept : nil
        self.leftOut = keepsRecords ? [] : leftOut
        recordCount = count - leftOut.count
        skippedCount = records.skippedCount + leftOut.count
    }

    /// Calls `body` with batches of records in order; `size` is asked before each.
    func forEachBatch(size: () -> Int, _ body: ([CorpusRecord]) throws -> Void) throws {
        var keptRecords = kept?.makeIterator()
        let records = kept == nil ? try source.records(onMalformed: .skip(report: { _ in })) : nil
        var batch: [CorpusRecord] = []
        var limit = size()
        var place = -1
        while let record = try records == nil ? keptRecords?.next() : records?.next() {
            place += 1
            guard !leftOut.contains(place) else { continue }
            batch.append(record)
            if batch.count == limit {
                try body(batch)
                batch.removeAll(keepingCapacity: true)
                limit = size()
            }
        }
        if !batch.isEmpty { try body(batch) }
    }
}
