import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// What is opened, and what is refused and how.
struct AtlasOpeningTests {
    @Test func `an identity comes back when an atlas is opened`() throws {
        let test = try TemporaryAtlas()
        #expect(try Atlas.open(test.path, mode: .readOnly).identity == RandomFacts.identity)
    }

    @Test func `an atlas of another model is refused with both fingerprints`() throws {
        let test = try TemporaryAtlas()
        var other = RandomFacts.identity
        other.modelFingerprint = "model-2"
        #expect(
            throws: AtlasError.otherReplacementModel(
                path: test.path, part: "model fingerprint", expected: "model-2", found: "model-1")
        ) { try Atlas.open(test.path, mode: .create(other)) }
    }

    @Test func `an atlas that knows its model by the former fingerprints is the same and gets the new ones`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(2)])
        var newer = RandomFacts.identity
        newer.formerFingerprints = .init(model: [newer.modelFingerprint], transcoders: [newer.transcoderFingerprint])
        newer.modelFingerprint = "model in the new form"
        newer.transcoderFingerprint = "transcoders in the new form"
        try Atlas.open(test.path, mode: .readOnly).requireSame(as: newer)
        var other = newer
        other.formerFingerprints.model = ["another"]
        #expect(throws: AtlasError.self) { try Atlas.open(test.path, mode: .create(other)) }
        let opened = try Atlas.open(test.path, mode: .create(newer))
        #expect(opened.identity.modelFingerprint == newer.modelFingerprint)
        #expect(opened.identity.transcoderFingerprint == newer.transcoderFingerprint)
        #expect(opened.replacedFingerprints == ["model-1", RandomFacts.identity.transcoderFingerprint])
        try opened.close()
        #expect(throws: AtlasError.self) {
            try Atlas.open(test.path, mode: .readOnly).requireSame(as: RandomFacts.identity)
        }
    }

    @Test func `a missing file is refused by its path`() {
        #expect(throws: AtlasError.missingFile(path: "/nowhere/x.atlas")) {
            try Atlas.open("/nowhere/x.atlas", mode: .readOnly)
        }
    }

    @Test func `a text file is refused`() throws {
        let test = try TemporaryAtlas()
        let path = test.folder.appendingPathComponent("notes.txt").path
        try Data("hello, I am a text file".utf8).write(to: URL(fileURLWithPath: path))
        for mode in [Atlas.Mode.readOnly, .readWrite, .create(RandomFacts.identity)] {
            #expect(throws: AtlasError.notAnAtlas(path: path, found: "another kind of file")) {
                try Atlas.open(path, mode: mode)
            }
        }
    }

    @Test func `another program's database is refused and left untouched`() throws {
        let test = try TemporaryAtlas()
        let path = test.folder.appendingPathComponent("other.sqlite").path
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in try db.execute(sql: "CREATE TABLE t (x)") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        for mode in [Atlas.Mode.readOnly, .readWrite, .create(RandomFacts.identity)] {
            #expect(
                throws: AtlasError.notAnAtlas(path: path, found: "a SQLite file with application id 0")
            ) { try Atlas.open(path, mode: mode) }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `an atlas of a newer program is refused with both versions`() throws {
        let test = try TemporaryAtlas()
        try test.atlas.database.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('0099_know_better')")
        }
        for mode in [Atlas.Mode.readOnly, .readWrite] {
            #expect(
                throws: AtlasError.newerVersion(
                    path: test.path, found: "0099_know_better", known: AtlasMigrator.newestVersion)
            ) { try Atlas.open(test.path, mode: mode) }
        }
    }

    @Test func `an atlas without its log is read without writing beside it`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(2)])
        try test.atlas.close()
        let folder = test.folder.appendingPathComponent("alone with spaces? #")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("copy.atlas").path
        try FileManager.default.copyItem(atPath: test.path, toPath: path)
        let atlas = try Atlas.openImmutable(path)
        let count = try atlas.read("counting") { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM prompts") }
        #expect(count == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["copy.atlas"])
    }

    @Test func `a file whose log cannot be used is not read as if it were whole`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(2)])
        #expect(throws: Never.self) { try Atlas.requireNoLog(beside: test.path + ".none") }
        try Data([1]).write(to: URL(fileURLWithPath: test.path + ".none-wal"))
        let error = #expect(throws: AtlasError.self) { try Atlas.requireNoLog(beside: test.path + ".none") }
        #expect(error?.description.contains("copy both files to a folder that can be") == true)
    }

    @Test func `an atlas is not merged into itself, by whatever name`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(2)])
        let manager = FileManager.default
        let (link, twin) = (test.path + ".link", test.path + ".twin")
        try manager.createSymbolicLink(atPath: link, withDestinationPath: test.path)
        try manager.linkItem(atPath: test.path, toPath: twin)
        for path in [test.path, link, twin, test.folder.path + "/./test.atlas"] {
            #expect(throws: AtlasError.self) { try AtlasMerge.requireOther(path, than: test.path) }
        }
        #expect(throws: AtlasError.self) { try AtlasMerge(into: test.atlas).merge(test.atlas) }
        try manager.copyItem(atPath: test.path, toPath: test.path + ".copy")
        try AtlasMerge.requireOther(test.path + ".copy", than: test.path)
        try AtlasMerge.requireOther(test.path + ".missing", than: test.path)
    }

    @Test func `facts refuse what contradicts them`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(1)])
        for sql in [
            "INSERT INTO tags (prompt_id, name, value) VALUES (999, 'a', 'b')",
            "UPDATE prompts SET counted_tokens = token_count + 1",
            "INSERT INTO vocabulary (token, text) VALUES ('x', 'y')",
            "UPDATE runs SET options = 'no json'",
        ] {
            #expect(throws: AtlasError.self) { try test.atlas.write("breaking") { db in try db.execute(sql: sql) } }
        }
    }
}
