import Foundation
import Testing

@testable import Transcoders

/// A zip archive of stored files, field by field as APPNOTE.TXT lists them.
private struct WrittenArchive {
    /// Whether sizes and places are 64-bit numbers among the extra fields, behind a field that is none of ours.
    let isWide: Bool
    let files: [(name: String, bytes: [UInt8])]
    var comment: [UInt8] = []

    var bytes: [UInt8] {
        var all: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in files {
            let start = all.count
            let narrowCount = isWide ? UInt32.max : UInt32(bytes.count)
            let common =
                little(UInt16(45)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0))
                + little(UInt32(0)) + little(narrowCount) + little(narrowCount) + little(UInt16(name.utf8.count))
            let wide = (0..<2).flatMap { _ in little(UInt64(bytes.count)) }
            let foreign = little(UInt16(0x5455)) + little(UInt16(3)) + [1, 0, 0]
            let localExtra = isWide ? little(UInt16(1)) + little(UInt16(16)) + wide : []
            let extra = isWide ? foreign + little(UInt16(1)) + little(UInt16(24)) + wide + little(UInt64(start)) : []
            all +=
                little(UInt32(0x0403_4B50)) + common + little(UInt16(localExtra.count)) + name.utf8 + localExtra + bytes
            directory += little(UInt32(0x0201_4B50)) + little(UInt16(45)) + common + little(UInt16(extra.count))
            directory += little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0))
            directory += little(isWide ? UInt32.max : UInt32(start)) + name.utf8 + extra
        }
        let start = all.count
        all += directory
        if isWide {
            let end = all.count
            all += little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt16(45)) + little(UInt16(45))
            all += little(UInt32(0)) + little(UInt32(0)) + little(UInt64(files.count)) + little(UInt64(files.count))
            all += little(UInt64(directory.count)) + little(UInt64(start))
            all += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(end)) + little(UInt32(1))
        }
        all += little(UInt32(0x0605_4B50)) + little(UInt16(0)) + little(UInt16(0))
        all += little(UInt16(files.count)) + little(UInt16(files.count))
        all += little(isWide ? UInt32.max : UInt32(directory.count)) + little(isWide ? UInt32.max : UInt32(start))
        return all + little(UInt16(comment.count)) + comment
    }

    private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
    }
}

@Suite struct `directories of zip archives` {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("a.npy", [1, 2, 3]), ("folder/b.npy", []), ("c", [UInt8](repeating: 7, count: 300)),
    ]

    private func contents(of archive: WrittenArchive) throws -> [String: [UInt8]] {
        let path = NSTemporaryDirectory() + "zip-" + UUID().uuidString
        try Data(archive.bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try ArchiveBytes(path: path)
        return Dictionary(
            uniqueKeysWithValues: try ZipDirectory(file).entries.map { ($0.name, [UInt8](file.bytes[$0.byteRange])) })
    }

    @Test(arguments: [false, true])
    func `each file is found with its bytes, whether its numbers have 32 bits or 64`(isWide: Bool) throws {
        let archive = WrittenArchive(isWide: isWide, files: Self.files)
        #expect(try contents(of: archive) == Dictionary(uniqueKeysWithValues: Self.files))
    }

    @Test(arguments: [false, true])
    func `a comment behind the directory is no part of it, however long`(isWide: Bool) throws {
        for count in [1, 22, 65_535] {
            let comment = [UInt8](repeating: 0x50, count: count)
            let archive = WrittenArchive(isWide: isWide, files: Self.files, comment: comment)
            #expect(try contents(of: archive) == Dictionary(uniqueKeysWithValues: Self.files))
        }
    }

    @Test func `an archive without files has none, and one that is cut short anywhere is refused`() throws {
        #expect(try contents(of: WrittenArchive(isWide: false, files: [])).isEmpty)
        let whole = WrittenArchive(isWide: true, files: Self.files)
        let path = NSTemporaryDirectory() + "zip-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        for count in 1..<whole.bytes.count {
            unlink(path)
            try Data(whole.bytes.prefix(count)).write(to: URL(fileURLWithPath: path))
            #expect(throws: TranscoderError.self, "\(count) bytes") { try ZipDirectory(ArchiveBytes(path: path)) }
        }
    }
}
