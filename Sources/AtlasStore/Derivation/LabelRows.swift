import Circuits
import Foundation
import GRDB

/// Writes the names of features.
struct LabelRows {
    private let labels: BulkInsertion
    private let contexts: BulkInsertion

    /// - Parameter replacing: whether rows take the place of those with the same key; then ``digests`` are kept
    init(_ db: Database, replacing: Bool = false) throws {
        labels = try BulkInsertion(
            db, into: "automatic_labels", columns: ["layer", "feature_index", "label"], replacing: replacing,
            digesting: replacing)
        contexts = try BulkInsertion(
            db, into: "label_contexts", columns: ["layer", "feature_index", "tail", "tokens"], replacing: replacing,
            digesting: replacing)
    }

    /// The digests of what was written, by table.
    var digests: [String: Digest] { ["automatic_labels": labels.digest, "label_contexts": contexts.digest] }

    /// Writes a name, but for that of the negative tail alone, which stands with it.
    func insert(_ name: LabelNaming.Name, of feature: FeatureID) throws {
        try insert(name.label, of: feature)
        for tail in FeatureTail.allCases {
            if let found = name.contexts[tail] { try insert(contexts: found, of: feature, tail) }
        }
    }

    /// Writes a label.
    func insert(_ label: String, of feature: FeatureID) throws {
        for value in [feature.layer, feature.index] { labels.bind(value) }
        labels.bind(label)
        try labels.step()
    }

    /// Writes what the label of a tail could name, packed.
    func insert(contexts found: Data, of feature: FeatureID, _ tail: FeatureTail) throws {
        for value in [feature.layer, feature.index, tail.number] { contexts.bind(value) }
        contexts.bind(found)
        try contexts.step()
    }

    /// Adds all automatic labels to the full text of labels, which holds none of these.
    static func makeSearchable(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO label_search (rowid, label, note)
                SELECT (layer << 24 | feature_index) * 2 + 1, label, '' FROM automatic_labels
                """)
    }
}
