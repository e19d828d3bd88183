/// A corpus that was read to its end once, so that its faults are known before anything is stored.
///
/// Standard input can be read only once: its records are kept in memory.
struct CheckedCorpus {
    private let source: CorpusSource
    private let kept: [CorpusRecord]?
    /// How many records it holds.
    let recordCount: Int
    /// How many malformed records were skipped.
    let skippedCount: Int

    /// Reads all records of `source` and lets `check` look at each.
    init(
        _ source: CorpusSource, onMalformed policy: MalformedRecordPolicy, check: (CorpusRecord) throws -> Void,
        progress: (Int) -> Void
    ) throws {
        let keepsRecords =
            switch source {
            case .standardInput: true
            case .file(let path, _): path == "-"
            case .template: false
            }
        let records = try source.records(onMalformed: policy)
        var kept: [CorpusRecord] = []
        var count = 0
        while let record = try records.next() {
            try check(record)
            if keepsRecords { kept.append(record) }
            count += 1
            if count % 1000 == 0 { progress(count) }
        }
        self.source = source
        self.kept = keepsRecords ? kept : nil
        recordCount = count
        skippedCount = records.skippedCount
    }

    /// Calls `body` with batches of records in order; `size` is asked before each.
    func forEachBatch(size: () -> Int, _ body: ([CorpusRecord]) throws -> Void) throws {
        var keptRecords = kept?.makeIterator()
        let records = kept == nil ? try source.records(onMalformed: .skip(report: { _ in })) : nil
        var batch: [CorpusRecord] = []
        var limit = size()
        while let record = try records == nil ? keptRecords?.next() : records?.next() {
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
