import AtlasStore
import Foundation
import GRDB
import Texts

/// A text that a person keeps with what is set in it.
public struct SavedRun: Codable, Sendable, Equatable {
    /// Its name.
    public let name: String
    /// The text that is run.
    public let text: String
    /// The parameters of the page that shows it: what is set, strengths, doses, temperature, seed, target.
    public let state: [String: String]
    /// When it was kept: UTC, ISO 8601.
    public let updatedAt: String
}

/// The runs that people keep.
extension AtlasReader {
    static let allSavedRuns = "SELECT id, name, text, state, updated_at FROM saved_runs ORDER BY name"

    /// Every kept run, by name.
    public func savedRuns() throws -> [SavedRun] {
        try ask("listing kept runs") { db in
            try StoredRow.fetchAll(db, sql: Self.allSavedRuns).map { row in
                let json: String = try row["state"]
                guard let state = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)) else {
                    throw AtlasError.damagedRow(
                        column: "saved_runs.state", expected: "a JSON object of texts", found: "something else")
                }
                return try SavedRun(
                    name: row["name"], text: row["text"], state: state, updatedAt: row["updated_at"])
            }
        }
    }

    /// The kept run of this name.
    ///
    /// - Throws: ``QuestionError/unknownSavedRun(name:nearest:)``
    public func savedRun(_ name: String) throws -> SavedRun {
        let all = try savedRuns()
        let wanted = ExactText(NameRule.trimmed(name))
        guard let found = all.first(where: { ExactText($0.name) == wanted }) else {
            throw QuestionError.unknownSavedRun(name: name, nearest: Self.offered(name, among: all.map(\.name)))
        }
        return found
    }
}
