import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// A file that takes an open atlas's place stays as it is, and nothing is told to be stored that nobody will find.
struct ReplacedAtlasTests {
    private let label = "the old file's"

    /// Puts another atlas, with two prompts, where an open one with four lies.
    private func replaced(_ change: (TemporaryAtlas, String) throws -> Void) throws -> TemporaryAtlas {
        let test = try TemporaryAtlas([RandomFacts.prompts(4)])
        let other = try TemporaryAtlas([RandomFacts.prompts(2)])
        try other.atlas.close()
        let new = test.folder.appendingPathComponent("new.atlas").path
        try FileManager.default.moveItem(atPath: other.path, toPath: new)
        try change(test, new)
        return test
    }

    private func rename(_ old: String, _ new: String) { #expect(Foundation.rename(old, new) == 0) }

    private func prompts(_ atlas: Atlas) throws -> Int? {
        try atlas.read("counting") { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM prompts") }
    }

    @Test func `after a replacement nothing is written, and the new file is untouched`() throws {
        let test = try replaced { rename($1, $0.path) }
        let before = try Data(contentsOf: URL(fileURLWithPath: test.path))
        let feature = RandomFacts.prompts(1)[0].activations[0].feature
        #expect(throws: AtlasError.replaced(path: test.path, isGone: false)) {
            try AtlasWriter(test.atlas).setLabel(label, of: feature)
        }
        #expect(throws: AtlasError.replaced(path: test.path, isGone: false)) {
            try AtlasDerivation(test.atlas).rebuild()
        }
        #expect(try prompts(test.atlas) == 4)
        for suffix in ["-wal", "-shm"] { #expect(!FileManager.default.fileExists(atPath: test.path + suffix)) }
        try test.atlas.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: test.path)) == before)
        #expect(try prompts(Atlas.open(test.path, mode: .readWrite)) == 2)
    }

    @Test func `a replacement in the middle of a transaction takes it back`() throws {
        let test = try replaced { _, _ in }
        let new = test.folder.appendingPathComponent("new.atlas").path
        #expect(throws: AtlasError.replaced(path: test.path, isGone: false)) {
            try test.atlas.write("deleting") { db in
                try db.execute(sql: "DELETE FROM tags")
                rename(new, test.path)
            }
        }
        #expect(
            try test.atlas.read("counting") { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM tags") }! > 0)
    }

    @Test func `a file that was moved away keeps what was written, and its log`() throws {
        let test = try replaced { test, _ in rename(test.path, test.path + ".moved") }
        #expect(throws: AtlasError.replaced(path: test.path, isGone: true)) {
            try test.atlas.write("deleting") { db in try db.execute(sql: "DELETE FROM tags") }
        }
        try test.atlas.close()
        #expect(try prompts(Atlas.open(test.path + ".moved", mode: .readOnly)) == 4)
        // Back under its name it is not trusted by whoever lost sight of it.
        rename(test.path + ".moved", test.path)
        #expect(throws: AtlasError.self) { try test.atlas.write("x") { _ in } }
    }

    @Test func `whoever opens the new file first does not take the old log for its own`() throws {
        let test = try replaced { rename($1, $0.path) }
        let atlas = try Atlas.open(test.path, mode: .readOnly)
        #expect(try prompts(atlas) == 2 && prompts(test.atlas) == 4)
        #expect(
            try atlas.read("checking") { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test func `an atlas that is watched lets go of its log by itself`() throws {
        let test = try replaced { rename($1, $0.path) }
        for _ in 0..<100 where FileManager.default.fileExists(atPath: test.path + "-wal") {
            Thread.sleep(forTimeInterval: 0.1)
        }
        #expect(!FileManager.default.fileExists(atPath: test.path + "-wal"))
    }

    @Test func `a link that leads elsewhere stops writing, and the file behind keeps its log`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(2)])
        let link = test.folder.appendingPathComponent("link.atlas").path
        try test.atlas.close()
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "test.atlas")
        let atlas = try Atlas.open(link, mode: .readWrite)
        try atlas.write("nothing") { _ in }
        unlink(link)
        #expect(throws: AtlasError.replaced(path: link, isGone: true)) { try atlas.write("nothing") { _ in } }
        #expect(FileManager.default.fileExists(atPath: test.path + "-wal"))
    }
}
