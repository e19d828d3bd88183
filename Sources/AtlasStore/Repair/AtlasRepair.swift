import Files
import Foundation
import GRDB

/// Makes a sound atlas of a damaged one: what can be read and is what was stored stays, the rest is set aside and named.
///
///     let report = try AtlasRepair.run("demo.atlas")
///     for prompt in report.setAside { print(prompt.text ?? "a text that cannot be read") }
///
/// A new file is built beside the damaged one and takes its place when it is whole; the damaged one is kept under another
/// name. Indexing the same corpus again makes the prompts that were set aside as they were. Nobody may write the atlas in
/// the meantime.
public enum AtlasRepair {
    /// What a repair did.
    public struct Report: Codable, Sendable, Equatable {
        /// A prompt that is not in the repaired atlas.
        public struct Prompt: Codable, Sendable, Equatable {
            /// Its id in the damaged file.
            public let id: Int
            /// Its text, where that could be read.
            public let text: String?
            /// What was wrong.
            public let reason: String
        }

        /// What was wrong, one sentence each; empty: nothing, and nothing was done.
        public var problems: [String] = []
        /// The prompts that are to be indexed again.
        public var setAside: [Prompt] = []
        /// What else was lost, left out or is to be looked at, one sentence each.
        public var notes: [String] = []
        /// What is still wrong, one sentence each; empty: the atlas is sound.
        public var remaining: [String] = []
        /// How many prompts were kept.
        public var keptPrompts = 0
        /// Where the damaged file lies now.
        public var damagedFile: String?

        /// Whether the atlas is sound now.
        public var isSound: Bool { remaining.isEmpty }
    }

    /// Repairs the atlas at `path`; one that is sound is left as it is.
    ///
    /// - Complexity: copies the file twice, and derives anew
    public static func run(_ path: String) throws(AtlasError) -> Report {
        guard FileManager.default.fileExists(atPath: path) else { throw AtlasError.missingFile(path: path) }
        let descriptor = try lock(path)
        defer { close(descriptor) }
        undoExchange(path)
        let before = problems(of: path)
        guard before.problems != [] else { return Report(keptPrompts: before.prompts) }
        return try Atlas.translating("repairing", path: path) {
            let part = try HiddenPart(.folder, in: FilePlace(path).folder, for: path)
            defer { part.remove() }
            let (source, target) = (part.path + "/source.atlas", part.path + "/repaired.atlas")
            try copyDatabase(path, to: source)
            try RepairedHeader.write(to: source)
            var report = Report(problems: before.problems)
            try fill(target, from: source, path: path, &report)
            report.damagedFile = try replace(path, by: target)
            return report
        }
    }

    /// Takes the file for this repair: two at once would each put its own in the place of the other's.
    private static func lock(_ path: String) throws(AtlasError) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .storageFailed(path: path, operation: "repairing", reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw .database(
                path: path, operation: "repairing", reason: "another program is repairing it; wait until it has ended")
        }
        return descriptor
    }

    /// What is wrong with the atlas at `path`, brought up to date where it is of an earlier schema.
    private static func problems(of path: String) -> (problems: [String], prompts: Int) {
        do {
            let atlas = try Atlas.open(path, mode: .readWrite)
            defer { try? atlas.database.close() }
            return try atlas.read("checking") { db in
                let check = AtlasCheck.run(db, identity: atlas.identity, shards: atlas.shards)
                let count = try? Int.fetchOne(db, sql: "SELECT count(*) FROM prompts")
                return (check.damage.map(\.description), count.flatMap { $0 } ?? 0)
            }
        } catch { return (["\(error)"], 0) }
    }

    /// Fills a new atlas with what is sound in the old one.
    private static func fill(_ target: String, from origin: String, path: String, _ report: inout Report) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: target, configuration: configuration)
        try AtlasMigrator.migrate(queue)
        let damaged = try DatabaseQueue()
        try damaged.writeWithoutTransaction { source in
            // Of a schema that cannot be read as a whole what can be is used.
            try source.execute(
                sql: "PRAGMA writable_schema = ON; ATTACH DATABASE ? AS damaged", arguments: [origin])
            let isAssembled = try? Bool.fetchOne(source, sql: "SELECT EXISTS (SELECT 1 FROM damaged.shards)")
            if isAssembled == true { throw AtlasError.assembled(path: path, operation: "repairing") }
            try queue.write { db in
                try db.execute(sql: "DELETE FROM table_digests")
                for table in Salvage.tables {
                    report.notes += try Salvage(table: table, from: source, to: db).copy()
                }
            }
        }
        try damaged.close()
        try queue.close()
        let atlas: Atlas
        do {
            atlas = try Atlas.open(target, mode: .readWrite)
        } catch {
            throw AtlasError.database(
                path: path, operation: "repairing",
                reason: "the model and its vocabulary cannot be read (\(error)); index the corpus into a new atlas")
        }
        let kept = try atlas.write("setting damage aside") { db in
            try RepairedFacts(identity: atlas.identity).keepSound(db, &report)
        }
        try AtlasDerivation(atlas).rebuild()
        try atlas.write("telling what is still wrong") { db in
            for (table, digest) in kept { try TableDigests.write(digest, of: table, in: db) }
        }
        try atlas.read("checking") { db in
            report.remaining = AtlasCheck.run(db, identity: atlas.identity).damage.map(\.description)
            report.keptPrompts = try Int.fetchOne(db, sql: "SELECT count(*) FROM prompts") ?? 0
        }
        try atlas.close()
    }

    private static func copyDatabase(_ path: String, to copy: String) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
    }

    /// Names that a damaged file is kept under, the first that is free or already its own.
    private static func keptNames(_ path: String) -> [String] {
        [path + ".damaged"] + (2...1000).map { "\(path).damaged-\($0)" }
    }

    /// Puts the new file in the old one's place, which is kept under another name.
    private static func replace(_ path: String, by new: String) throws -> String {
        let manager = FileManager.default
        let own = FileIdentity(path: path)
        let free = keptNames(path).first { !manager.fileExists(atPath: $0) || FileIdentity(path: $0) == own }
        guard let kept = free else {
            throw AtlasError.storageFailed(
                path: path, operation: "repairing", reason: "a thousand damaged files lie beside it")
        }
        if !manager.fileExists(atPath: kept) { try manager.linkItem(atPath: path, toPath: kept) }
        // A log of the old file must never lie beside the new one.
        if manager.fileExists(atPath: path + "-wal") {
            try manager.moveItem(atPath: path + "-wal", toPath: kept + "-wal")
        }
        try? manager.removeItem(atPath: path + "-shm")
        guard rename(new, path) == 0 else {
            throw AtlasError.storageFailed(
                path: path, operation: "repairing", reason: "\(String(cString: strerror(errno)))")
        }
        return kept
    }

    /// Gives the file its log back where a repair was interrupted between taking it away and putting the new file there.
    private static func undoExchange(_ path: String) {
        let manager = FileManager.default
        guard let own = FileIdentity(path: path), !manager.fileExists(atPath: path + "-wal"),
            let kept = keptNames(path).prefix(while: { manager.fileExists(atPath: $0) })
                .first(where: { FileIdentity(path: $0) == own })
        else { return }
        try? manager.moveItem(atPath: kept + "-wal", toPath: path + "-wal")
    }
}
