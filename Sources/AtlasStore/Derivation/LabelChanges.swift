import Circuits
import Foundation
import GRDB

/// Puts names of features in the place of those that are there, and writes only what differs.
final class LabelChanges {
    /// What is stored of a name.
    struct Stored {
        /// The whole name; empty where there is none.
        var label = ""
        /// What it could name, packed, by tail.
        var contexts: [FeatureTail: Data] = [:]
    }

    private let db: Database
    private let rows: LabelRows
    private let contextDeletion: Statement
    private let negativeLabel: Statement
    private let forgetting: Statement
    private let searching: Statement
    private var digests = DigestChanges()

    init(_ db: Database) throws {
        self.db = db
        rows = try LabelRows(db, replacing: true)
        contextDeletion = try db.makeStatement(
            sql: "DELETE FROM label_contexts WHERE layer = ? AND feature_index = ? AND tail = ?")
        negativeLabel = try db.makeStatement(
            sql: "UPDATE main.feature_negative_tails SET label = ? WHERE layer = ? AND feature_index = ?")
        forgetting = try db.makeStatement(sql: "DELETE FROM label_search WHERE rowid = ?")
        searching = try db.makeStatement(sql: "INSERT INTO label_search (rowid, label, note) VALUES (?, ?, '')")
    }

    /// Puts `new` in the place of `old`.
    func replace(_ old: Stored, by new: LabelNaming.Name, of feature: FeatureID) throws {
        for tail in FeatureTail.allCases where old.contexts[tail] != new.contexts[tail] {
            if let there = old.contexts[tail] {
                digests.take(row: [feature.layer, feature.index, tail.number], from: "label_contexts") { hash in
                    there.withUnsafeBytes { hash.append(blob: $0) }
                }
            }
            if let found = new.contexts[tail] {
                try rows.insert(contexts: found, of: feature, tail)
            } else {
                try contextDeletion.execute(arguments: [feature.layer, feature.index, tail.number])
            }
        }
        let label = new.label
        guard label != old.label else { return }
        let place = (feature.layer << 24 | feature.index) * 2 + 1
        if !old.label.isEmpty {
            digests.take(row: [feature.layer, feature.index], from: "automatic_labels") { hash in
                var text = old.label
                text.withUTF8 { hash.append(text: UnsafeRawBufferPointer($0)) }
            }
            try forgetting.execute(arguments: [place])
        }
        try rows.insert(label, of: feature)
        try searching.execute(arguments: [place, label])
        guard let negative = new.texts[.negative] else { return }
        let row = StoredRows(
            of: "feature_negative_tails", where: "layer = ? AND feature_index = ?", [feature.layer, feature.index])
        try TableDigests.keeping([row], in: db) {
            try negativeLabel.execute(arguments: [negative, feature.layer, feature.index])
        }
    }

    /// Keeps the digests of the tables.
    func finish() throws {
        for (table, written) in rows.digests { digests.add(written, to: table) }
        try digests.keep(in: db)
    }
}
