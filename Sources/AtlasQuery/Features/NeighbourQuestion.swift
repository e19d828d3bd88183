import AtlasStore
import Circuits
import GRDB

/// What feeds a feature, and what a feature feeds, in stored graphs.
extension AtlasReader {
    static let upstreamEdges = """
        SELECT source AS node, source_label AS label, support, mean, spread, mean_share, sign_consistency,
            same_position_share
        FROM edges WHERE target = ? ORDER BY mean_share * support DESC, source LIMIT ?
        """
    package static let downstreamEdges = """
        SELECT target AS node, target_label AS label, support, mean, spread, mean_share, sign_consistency,
            same_position_share
        FROM edges WHERE source = ? ORDER BY mean_share * support DESC, target LIMIT ?
        """

    /// The nodes that feed a feature: those that hold the largest shares of its input, summed over prompts, first.
    public func upstream(of feature: FeatureID, limit: Int = 20) throws -> [Neighbour] {
        try ask("asking what feeds a feature") { db in
            try requireFired(feature, db)
            return try neighbours(of: feature, sql: Self.upstreamEdges, limit: limit, db)
        }
    }

    /// The nodes that a feature feeds: those of whose input it holds the largest shares, summed over prompts, first.
    public func downstream(of feature: FeatureID, limit: Int = 20) throws -> [Neighbour] {
        try ask("asking what a feature feeds") { db in
            try requireFired(feature, db)
            return try neighbours(of: feature, sql: Self.downstreamEdges, limit: limit, db)
        }
    }

    package func neighbours(of feature: FeatureID, sql: String, limit: Int, _ db: Database) throws -> [Neighbour] {
        try StoredRow.fetchAll(db, sql: sql, arguments: [NodeKey(feature).rawValue, limit]).map { row in
            try Neighbour(
                node: NodeName(storedNode(row["node"]), vocabulary: atlas.identity.vocabulary),
                label: row["label"], support: row["support"], mean: row["mean"], spread: row["spread"],
                meanShare: row["mean_share"], signConsistency: row["sign_consistency"],
                samePositionShare: row["same_position_share"])
        }
    }
}
