import Circuits
import Foundation
import GRDB
import Texts

/// Supernodes: several features that people treat as one.
extension AtlasWriter {
    /// Keeps a supernode under its name; one of the same name is replaced.
    ///
    /// - Parameter members: at least one feature, in any order; repeated ones count once
    /// - Throws: `AtlasError.unstorable` for no members, features that the transcoder set has not, or a bad name.
    public func setSupernode(
        _ given: String, note: String = "", members: [FeatureID]
    ) throws(AtlasError) {
        let name = try Self.name(given, of: "supernode")
        let what = "supernode \(name.debugDescription)"
        try Self.require(note: note, of: what)
        guard !members.isEmpty else { throw .unstorable(what: what, expected: "at least one feature", found: "none") }
        try atlas.write("keeping \(what)") { db in try keepSupernode(name, note: note, members: members, in: db) }
    }

    /// Keeps a supernode in a transaction that has begun.
    func keepSupernode(_ name: String, note: String, members: [FeatureID], in db: Database) throws {
        for member in members { try require(member, in: "supernode \(name.debugDescription)") }
        try TableDigests.keeping(Self.rows(of: name), in: db) {
            try db.execute(
                sql: """
                    INSERT INTO supernodes (name, note, updated_at) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET note = excluded.note, updated_at = excluded.updated_at
                    """,
                arguments: [name, note, Date.now.formatted(.iso8601)])
            let id = try Int64.fetchOne(db, sql: "SELECT id FROM supernodes WHERE name = ?", arguments: [name])!
            try db.execute(sql: "DELETE FROM supernode_members WHERE supernode_id = ?", arguments: [id])
            let insertion = try db.cachedStatement(
                sql: "INSERT INTO supernode_members (supernode_id, layer, feature_index) VALUES (?, ?, ?)")
            for member in Set(members).sorted() {
                try insertion.execute(arguments: [id, member.layer, member.index])
            }
        }
    }

    /// Forgets a supernode.
    ///
    /// - Returns: whether there was one of this name
    @discardableResult
    public func removeSupernode(_ given: String) throws(AtlasError) -> Bool {
        // SQLite would cut the name at a NUL, and another's supernode would go.
        guard !given.utf8.contains(0) else { return false }
        let name = NameRule.trimmed(given)
        return try atlas.write("removing supernode \(name.debugDescription)") { db in
            var isThere = false
            try TableDigests.keeping(Self.rows(of: name), in: db) {
                try db.execute(sql: "DELETE FROM supernodes WHERE name = ?", arguments: [name])
                isThere = db.changesCount > 0
            }
            return isThere
        }
    }

    /// The rows that hold a supernode.
    private static func rows(of name: String) -> [StoredRows] {
        [
            StoredRows(of: "supernodes", where: "name = ?", [name]),
            StoredRows(
                of: "supernode_members",
                where: "supernode_id = (SELECT id FROM main.supernodes WHERE name = ?)", [name]),
        ]
    }
}
