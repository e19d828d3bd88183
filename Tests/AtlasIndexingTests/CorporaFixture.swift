import Foundation
import Synchronization

@testable import AtlasIndexing

/// A corpus file in a folder of its own, removed with the value.
final class TemporaryCorpus: Sendable {
    let folder: URL
    let path: String

    init(_ bytes: some Sequence<UInt8>, name: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("corpus-\(UUID().uuidString)")
        path = folder.appendingPathComponent(name).path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ text: String, name: String) throws {
        try self.init(text.utf8, name: name)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Every record; the first error is thrown.
    func records(format: CorpusFormat? = nil) throws -> [CorpusRecord] {
        try CorpusSource.file(path: path, format: format).records(onMalformed: .fail).all()
    }

    /// Every good record, and the reports about the others.
    func skipping(format: CorpusFormat? = nil) throws -> (records: [CorpusRecord], reports: [CorpusError]) {
        let reports = Reports()
        let records = try CorpusSource.file(path: path, format: format)
            .records(onMalformed: .skip { reports.append($0) }).all()
        return (records, reports.all)
    }

    /// The error that stops a reader that does not skip.
    func error(format: CorpusFormat? = nil) -> CorpusError? {
        do {
            _ = try records(format: format)
            return nil
        } catch {
            return error as? CorpusError
        }
    }
}

/// Errors gathered from a reporting closure.
final class Reports: Sendable {
    private let errors = Mutex<[CorpusError]>([])

    var all: [CorpusError] { errors.withLock { $0 } }

    func append(_ error: CorpusError) {
        errors.withLock { $0.append(error) }
    }
}

extension CorpusRecords {
    /// Reads to the end.
    func all() throws(CorpusError) -> [CorpusRecord] {
        var records: [CorpusRecord] = []
        while let record = try next() { records.append(record) }
        return records
    }
}
