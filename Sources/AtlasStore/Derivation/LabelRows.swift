import Circuits
import GRDB

/// Writes the names of features.
struct LabelRows {
    private let labels: BulkInsertion
    private let contexts: BulkInsertion

    init(_ db: Database) throws {
        labels = try BulkInsertion(db, into: "automatic_labels", columns: ["layer", "feature_index", "label"])
        contexts = try BulkInsertion(
            db, into: "label_contexts", columns: ["layer", "feature_index", "tail", "tokens"])
    }

    /// Writes a name, but for that of the negative tail alone, which stands with it.
    func insert(_ name: LabelNaming.Name, of feature: FeatureID) throws {
        for value in [feature.layer, feature.index] { labels.bind(value) }
        labels.bind(name.label)
        try labels.step()
        for tail in FeatureTail.allCases {
            guard let found = name.contexts[tail] else { continue }
            for value in [feature.layer, feature.index, tail.number] { contexts.bind(value) }
            contexts.bind(found)
            try contexts.step()
        }
    }

    /// Adds automatic labels to the full text of labels, which holds none of these.
    ///
    /// - Parameter source: the table or query they are read from
    static func makeSearchable(_ db: Database, from source: String = "automatic_labels") throws {
        try db.execute(
            sql: """
                INSERT INTO label_search (rowid, label, note)
                SELECT (layer << 24 | feature_index) * 2 + 1, label, '' FROM \(source)
                """)
    }
}
