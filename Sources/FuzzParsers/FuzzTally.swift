import Foundation

/// What has been fed, in a file that two processes map: it outlives the one that feeds.
///
/// `@unchecked Sendable`: the process that feeds writes while the other waits for it.
final class FuzzTally: @unchecked Sendable {
    /// What one parser was fed.
    struct Entry {
        /// The next input.
        var next: UInt64 = 0
        /// Inputs that were refused as they should be.
        var refused: UInt64 = 0
        /// Inputs that ended the process.
        var failed: UInt64 = 0
        /// Time spent.
        var nanoseconds: UInt64 = 0
    }

    private let places: UnsafeMutablePointer<UInt64>
    private let entries: UnsafeMutablePointer<Entry>
    private let count: Int

    /// Maps the file, which is made if there is none.
    init(path: String, parserCount: Int) throws {
        count = parserCount
        let size = 8 + parserCount * MemoryLayout<Entry>.stride
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0,
            let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED
        else { throw CocoaError(.fileWriteUnknown) }
        close(descriptor)
        places = base.bindMemory(to: UInt64.self, capacity: 1)
        entries = (base + 8).bindMemory(to: Entry.self, capacity: parserCount)
    }

    /// The parser that is being fed.
    var current: Int {
        get { Int(places.pointee) }
        set { places.pointee = UInt64(newValue) }
    }

    subscript(place: Int) -> Entry {
        get { entries[place] }
        set { entries[place] = newValue }
    }

    /// Inputs of all parsers.
    func inputCount(since first: UInt64) -> UInt64 { (0..<count).reduce(0) { $0 + entries[$1].next - first } }
}

/// The table of a run.
struct FuzzReport: Encodable {
    struct Row: Encodable {
        let parser: String
        let inputs, refused, failures: UInt64
        let seconds: Double
    }

    let rows: [Row]
    let inputs, failures: UInt64

    init(parsers: [FuzzedParser], tally: FuzzTally, first: UInt64) {
        rows = parsers.enumerated().map { place, parser in
            Row(
                parser: parser.name, inputs: tally[place].next - first, refused: tally[place].refused,
                failures: tally[place].failed, seconds: (Double(tally[place].nanoseconds) / 1e9 * 10).rounded() / 10)
        }
        inputs = rows.reduce(0) { $0 + $1.inputs }
        failures = rows.reduce(0) { $0 + $1.failures }
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    var text: String {
        let lines = rows.map {
            "\($0.parser): \($0.inputs) inputs, \($0.refused) refused, \($0.failures) failures, \($0.seconds) s"
        }
        return (lines + ["all: \(inputs) inputs, \(failures) failures"]).joined(separator: "\n")
    }
}
