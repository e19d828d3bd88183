import Foundation

/// What the first hundred bytes of every atlas say, whatever was indexed.
///
/// A file with a damaged header cannot be opened at all, while every page behind it may be sound.
/// - SeeAlso: sqlite.org/fileformat2.html, "The Database Header"
enum RepairedHeader {
    /// Fields by their place, as SQLite writes them in an atlas.
    private static let fields: [(offset: UInt64, bytes: [UInt8])] = [
        (0, Array("SQLite format 3\0".utf8)),
        (16, [0x10, 0x00]),  // pages of 4,096 bytes
        (18, [2, 2]),  // write-ahead log
        (20, [0, 64, 32, 32]),  // no reserved bytes; fixed payload fractions
        (44, [0, 0, 0, 4]),  // schema format
        (52, [0, 0, 0, 0]),  // no pointer map
        (56, [0, 0, 0, 1]),  // UTF-8
        (60, [0, 0, 0, 0]),  // user version
        (64, [0, 0, 0, 0]),  // no incremental vacuum
        (68, [0x46, 0x41, 0x54, 0x4C]),  // 'FATL'
    ]

    /// Writes them into a copy of a damaged atlas.
    static func write(to path: String) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        guard try file.seekToEnd() >= 4096 else { return }
        for (offset, bytes) in fields {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data(bytes))
        }
    }
}
