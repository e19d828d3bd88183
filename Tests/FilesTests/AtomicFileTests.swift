import Files
import Foundation
import Testing

/// Files appear under their names when they are whole, and nothing else stays.
struct AtomicFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    private func inFolder(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body()
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? [] }

    @Test func `a file is replaced and keeps its permissions`() throws {
        try inFolder {
            let path = folder + "/a.json"
            try AtomicFile.write(Data("one".utf8), to: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            try AtomicFile.write(Data("two".utf8), to: path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
            #expect(names == ["a.json"])
        }
    }

    @Test func `a link stays a link, and the file behind it is replaced`() throws {
        try inFolder {
            let manager = FileManager.default
            try manager.createDirectory(atPath: folder + "/real", withIntermediateDirectories: true)
            try manager.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "real/file")
            try AtomicFile.write(Data("one".utf8), to: folder + "/link")
            #expect(try manager.destinationOfSymbolicLink(atPath: folder + "/link") == "real/file")
            #expect(try String(contentsOfFile: folder + "/real/file", encoding: .utf8) == "one")
        }
    }

    @Test func `what cannot be written is told with its path and reason, and leaves nothing`() throws {
        try inFolder {
            #expect(throws: FileError(folder, "cannot be written", code: EISDIR)) {
                try AtomicFile.write(Data("x".utf8), to: folder)
            }
            let missing = folder + "/no/a.json"
            let error = #expect(throws: FileError.self) { try AtomicFile.write(Data("x".utf8), to: missing) }
            #expect(error?.description == "\(missing): cannot be written: No such file or directory")
            #expect(throws: FileError("/dev/full", "cannot be written", code: ENOSPC)) {
                try AtomicFile.write(Data("x".utf8), to: "/dev/full")
            }
            #expect(names == [])
        }
    }

    @Test func `what an interrupted run left is removed, and what another is making stays`() throws {
        try inFolder {
            let stray = folder + "/" + HiddenPart.prefix + "0123456789abcdef"
            try Data("half".utf8).write(to: URL(fileURLWithPath: stray))
            let other = folder + "/" + HiddenPart.prefix + "not-ours"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: other))
            try FileManager.default.createDirectory(
                atPath: folder + "/" + HiddenPart.prefix + "0000000000000000/inner", withIntermediateDirectories: true)
            let live = try HiddenPart(.folder, in: folder, for: "x")
            #expect(names.count == 2 && names.contains((other as NSString).lastPathComponent))
            HiddenPart.removeStrays(in: folder)
            #expect(FileManager.default.fileExists(atPath: live.path))
            live.remove()
            #expect(names == [(other as NSString).lastPathComponent])
        }
    }

    @Test func `two names of a file are one identity, and a file in its place is another`() throws {
        try inFolder {
            let path = folder + "/a"
            try AtomicFile.write(Data("x".utf8), to: path)
            try FileManager.default.linkItem(atPath: path, toPath: path + "-twin")
            #expect(FileIdentity(path: path) == FileIdentity(path: path + "-twin") && FileIdentity(path: path) != nil)
            try AtomicFile.write(Data("y".utf8), to: path)
            #expect(FileIdentity(path: path) != FileIdentity(path: path + "-twin"))
            #expect(FileIdentity(path: path + "-none") == nil)
        }
    }
}
