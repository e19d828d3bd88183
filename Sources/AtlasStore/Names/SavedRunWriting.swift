import Foundation
import GRDB
import Texts

/// Runs that people keep: a text with what is set in it, under a name.
extension AtlasWriter {
    /// Parameters that a kept run has at most, and how long each may be.
    private static let mostParameters = 100
    private static let longestParameter = 100_000

    /// Keeps a run under its name; one of the same name is replaced.
    ///
    /// - Parameter state: the parameters of the page that shows it
    /// - Throws: `AtlasError.unstorable` for a bad name, an empty text, or parameters that are too many or too long.
    public func setSavedRun(_ given: String, text: String, state: [String: String]) throws(AtlasError) {
        let name = try Self.name(given, of: "run")
        let what = "run \(name.debugDescription)"
        guard !text.isEmpty else { throw .unstorable(what: what, expected: "a text", found: "none") }
        try Self.require(texts: [text] + state.map(\.key) + state.map(\.value), tags: [:], of: what)
        guard state.count <= Self.mostParameters,
            state.allSatisfy({ $0.key.utf8.count + $0.value.utf8.count <= Self.longestParameter })
        else {
            throw .unstorable(
                what: what,
                expected: "at most \(Self.mostParameters) parameters of \(Self.longestParameter) bytes", found: "more")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? String(decoding: encoder.encode(state), as: UTF8.self) else {
            preconditionFailure("texts are always JSON")
        }
        try atlas.write("keeping \(what)") { db in
            try TableDigests.keeping([Self.run(name)], in: db) {
                try db.execute(
                    sql: """
                        INSERT INTO saved_runs (name, text, state, updated_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (name) DO UPDATE
                        SET text = excluded.text, state = excluded.state, updated_at = excluded.updated_at
                        """,
                    arguments: [name, text, json, Date.now.formatted(.iso8601)])
            }
        }
    }

    /// Forgets a kept run.
    ///
    /// - Returns: whether there was one of this name
    @discardableResult
    public func removeSavedRun(_ given: String) throws(AtlasError) -> Bool {
        // SQLite would cut the name at a NUL, and another's run would go.
        guard !given.utf8.contains(0) else { return false }
        let name = NameRule.trimmed(given)
        return try atlas.write("removing run \(name.debugDescription)") { db in
            var isThere = false
            try TableDigests.keeping([Self.run(name)], in: db) {
                try db.execute(sql: "DELETE FROM saved_runs WHERE name = ?", arguments: [name])
                isThere = db.changesCount > 0
            }
            return isThere
        }
    }

    private static func run(_ name: String) -> StoredRows { StoredRows(of: "saved_runs", where: "name = ?", [name]) }
}
