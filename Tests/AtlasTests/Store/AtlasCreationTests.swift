import Files
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// An atlas appears under its name when it is whole.
struct AtlasCreationTests {
    private static func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func `an atlas in the making has no name, and given up it leaves nothing`() throws {
        let test = try TemporaryAtlas()
        let path = test.folder.appendingPathComponent("new.atlas").path
        do {
            let new = try AtlasInMaking(RandomFacts.identity, at: path)
            #expect(!FileManager.default.fileExists(atPath: path))
            let atlas = try new.open()
            #expect(atlas.path == path && atlas.identity == RandomFacts.identity)
            try atlas.close()
        }
        #expect(try Self.names(test.folder).filter { !$0.hasPrefix("test.atlas") } == [])
    }

    @Test func `of two that are made at once the first stays, and both can open it`() throws {
        let test = try TemporaryAtlas()
        let path = test.folder.appendingPathComponent("new.atlas").path
        let (first, second) = (
            try AtlasInMaking(RandomFacts.identity, at: path), try AtlasInMaking(RandomFacts.identity, at: path)
        )
        #expect(try first.publish())
        let identity = FileIdentity(path: path)
        #expect(try !second.publish())
        #expect(FileIdentity(path: path) == identity && identity != nil)
        _ = try Atlas.open(path, mode: .create(RandomFacts.identity))
        _ = try Atlas.open(path, mode: .create(RandomFacts.identity))
        #expect(try Self.names(test.folder).allSatisfy { !HiddenPart.isHiddenName($0) })
    }

    @Test func `what an interrupted creation left, of this version and of earlier ones, does not stand in the way`()
        throws
    {
        let test = try TemporaryAtlas()
        let path = test.folder.appendingPathComponent("new.atlas").path
        let empty = try DatabasePool(path: path)
        try empty.close()
        let sizes = [try Data(contentsOf: URL(fileURLWithPath: path)), Data()]
        #expect(!sizes[0].isEmpty)
        for left in sizes {
            try left.write(to: URL(fileURLWithPath: path))
            try Data("not a log".utf8).write(to: URL(fileURLWithPath: path + "-wal"))
            #expect(throws: AtlasError.self) { try Atlas.open(path, mode: .readOnly) }
            let atlas = try Atlas.open(path, mode: .create(RandomFacts.identity))
            #expect(atlas.identity == RandomFacts.identity)
            try atlas.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
    }

    @Test func `what a creation left that was interrupted right after the name was given is removed too`() throws {
        let test = try TemporaryAtlas()
        let part = test.folder.appendingPathComponent(HiddenPart.prefix + "0123456789abcdef")
        try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
        try FileManager.default.linkItem(atPath: test.path, toPath: part.path + "/atlas")
        _ = try Atlas.open(test.path, mode: .create(RandomFacts.identity))
        #expect(!FileManager.default.fileExists(atPath: part.path))
    }

    @Test func `a place that cannot be written is told as no atlas, with the reason`() throws {
        let test = try TemporaryAtlas()
        let path = test.folder.path + "/none/new.atlas"
        let error = #expect(throws: AtlasError.self) { try Atlas.open(path, mode: .create(RandomFacts.identity)) }
        #expect(error == .notCreated(path: path, reason: "No such file or directory"))
        #expect(error?.description.contains("as it was before") == false)
        let full = AtlasError.storageFailed(path: path, operation: "storing", reason: "SQLite: full")
        #expect(throws: AtlasError.notCreated(path: path, reason: "SQLite: full")) {
            try AtlasInMaking.creating(path) { throw full }
        }
    }

    @Test func `a hot journal is rolled back by whoever opens, readers too`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(3)])
        try test.atlas.close()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let writer = try DatabaseQueue(path: test.path, configuration: configuration)
        let copy = test.folder.appendingPathComponent("hot.atlas").path
        try writer.inDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN IMMEDIATE")
            defer { try? db.execute(sql: "ROLLBACK") }
            // More than the cache holds: as after a kill the file has changed pages, and the journal the old ones.
            try db.execute(sql: "UPDATE tags SET value = hex(randomblob(60000))")
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: test.path + suffix, toPath: copy + suffix)
            }
        }
        for mode in [Atlas.Mode.readOnly, .readWrite, .create(RandomFacts.identity)] {
            let path = copy + "-\(UUID())"
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: copy + suffix, toPath: path + suffix)
            }
            let atlas = try Atlas.open(path, mode: mode)
            #expect(atlas.identity == RandomFacts.identity)
            let longest = "SELECT max(length(value)) FROM tags"
            #expect(try atlas.read("measuring") { db in try Int.fetchOne(db, sql: longest) }! < 1_000)
        }
        let unused = copy + "-journal"
        #expect(FileManager.default.fileExists(atPath: unused))
        #expect(throws: AtlasError.self) { try Atlas.requireNoLog(beside: copy) }
    }

    @Test func `atlases are joined into a new one that appears when it is whole`() throws {
        let facts = RandomFacts.prompts(6)
        let (first, second) = (
            try TemporaryAtlas([Array(facts[..<3])]), try TemporaryAtlas([Array(facts[3...])])
        )
        let whole = first.folder.appendingPathComponent("whole.atlas").path
        var steps = 0
        let added = try AtlasJoin(parts: [first.path, second.path], whole: whole).run { _ in
            steps += 1
            #expect(!FileManager.default.fileExists(atPath: whole))
        }
        #expect(steps == 3 && added.map(\.added.prompts) == [3, 3])
        #expect(try !AtlasDerivation(Atlas.open(whole, mode: .readOnly)).isStale())
        #expect(throws: AtlasError.self) { try AtlasJoin(parts: [first.path, whole], whole: whole) }
        let again = try AtlasJoin(parts: [first.path, second.path], whole: whole).run()
        #expect(again.allSatisfy { $0.added == AtlasMerge.Additions() })
    }
}
