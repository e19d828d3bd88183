/// The records of an opened corpus, read one at a time.
///
///     let records = try CorpusSource.file(path: "corpus.jsonl").records(onMalformed: .fail)
///     while let record = try records.next() { print(record.text) }
///
/// A class because it owns an open file. It can be read once.
public final class CorpusRecords {
    /// How many malformed records were skipped so far.
    public private(set) var skippedCount = 0

    private var reader: any CorpusReader
    private let policy: MalformedRecordPolicy
    private var hasEnded = false

    init(_ reader: any CorpusReader, onMalformed policy: MalformedRecordPolicy) {
        self.reader = reader
        self.policy = policy
    }

    /// The next record, or `nil` at the end and after an error that ended the input.
    public func next() throws(CorpusError) -> CorpusRecord? {
        while !hasEnded {
            do {
                let record = try reader.next()
                hasEnded = record == nil
                return record
            } catch {
                hasEnded = error.endsInput
                guard case .skip(let report) = policy, !error.endsInput else { throw error }
                skippedCount += 1
                report(error)
            }
        }
        return nil
    }
}

extension CorpusRecords {
    /// The lines of a text file that are not empty, without their line endings: what every file that people write a line
    /// for each thing is read by. See ``CorpusFormat/plainText``.
    public static func lines(ofFile path: String) throws(CorpusError) -> [CorpusRecord] {
        let records = try CorpusSource.file(path: path, format: .plainText).records(onMalformed: .fail)
        var lines: [CorpusRecord] = []
        while let line = try records.next() { lines.append(line) }
        return lines
    }
}
