import AtlasStore
import Circuits
import GRDB

/// Which features there is something to say about.
extension AtlasReader {
    static let fired = "SELECT layer, feature_index FROM feature_statistics ORDER BY layer, feature_index"

    /// The features that fire in some indexed prompt, in order.
    public func firedFeatures() throws -> [FeatureID] {
        try ask("listing features") { db in
            try requireDerivation(db)
            return try StoredRow.fetchAll(db, sql: Self.fired).map { row in
                try storedFeature(in: row)
            }
        }
    }
}
