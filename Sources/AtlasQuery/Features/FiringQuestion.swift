import AtlasStore
import Circuits
import Foundation
import GRDB

/// One place where a feature fires.
public struct Firing: Codable, Sendable, Equatable {
    /// The prompt's id.
    public let promptID: Int
    /// The token position.
    public let position: Int
    /// How strongly it fires.
    public let activation: Double
}

/// Where a feature fires: every place, from the inverted activations.
extension AtlasReader {
    static let postingsOfFeature = """
        SELECT block, entries FROM feature_postings WHERE last_feature >= ? AND first_feature <= ? ORDER BY +block
        """

    /// Every place where a feature fires, by prompt id and position; empty for a feature that never fires.
    public func firings(of feature: FeatureID) throws -> [Firing] {
        try ask("asking where a feature fires") { db in
            try requireDerivation(db)
            return try firings(of: feature, db)
        }
    }

    package func firings(of feature: FeatureID, _ db: Database) throws -> [Firing] {
        let key = NodeKey(feature).rawValue
        var firings: [Firing] = []
        let rows = try StoredRow.fetchCursor(db, sql: Self.postingsOfFeature, arguments: [key, key])
        while let row = try rows.next() {
            let entries: Data = try row["entries"]
            let postings = try decode("feature_postings.entries", row: row["block"]) { () throws(BlockFault) in
                try PostingBlock.decode(entries)
            }
            for posting in postings where posting.feature == key {
                firings.append(
                    Firing(
                        promptID: Int(posting.prompt), position: posting.position,
                        activation: Double(posting.activation)))
            }
        }
        return firings
    }
}
