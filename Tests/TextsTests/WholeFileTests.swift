import Foundation
import Testing
import Texts

/// Files that are read whole, and what is none.
@Suite struct `files read whole` {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("whole-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func reason(_ path: String, atMost limit: Int = 1_000) -> String {
        do throws(WholeFile.Fault) {
            _ = try WholeFile.bytes(path: path, atMost: limit)
            return ""
        } catch { return error.reason }
    }

    @Test func `a pipe that nobody writes to is refused at once`() {
        #expect(mkfifo(path("pipe"), 0o600) == 0)
        #expect(reason(path("pipe")) == "expected a regular file, found a pipe")
    }

    @Test func `devices and folders are refused`() {
        #expect(reason("/dev/zero") == "expected a regular file, found a device")
        #expect(reason(folder.path) == "expected a regular file, found a folder")
        #expect(reason(path("none")).hasPrefix("cannot be read: "))
        #expect(reason("a\u{0}b").hasPrefix("cannot be read: "))
    }

    @Test func `a file is read to its end, and one that is too large not at all`() throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: URL(fileURLWithPath: path("file")))
        #expect(try WholeFile.bytes(path: path("file"), atMost: 1_000) == bytes)
        #expect(reason(path("file"), atMost: 999) == "expected at most 999 bytes, found 1000")
        try Data().write(to: URL(fileURLWithPath: path("empty")))
        #expect(try WholeFile.bytes(path: path("empty")).isEmpty)
    }
}
