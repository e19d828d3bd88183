import Circuits
import GRDB

/// The tokens that features promote, and those they suppress, most first: at most ``AutomaticLabel/promotedTokens`` each.
///
/// What a positive activation suppresses a negative one promotes.
struct PromotedTokens {
    private let identity: AtlasIdentity
    private var tokens: [Int32] = []
    /// Where those of a tail of a feature begin, by twice the feature's number, one more for the negative tail; where they
    /// end, the next ones begin.
    private var starts: [Int32]

    /// Reads those of all features, or of those in a table of features.
    init(_ db: Database, identity: AtlasIdentity, of features: String? = nil) throws {
        self.identity = identity
        let most = AutomaticLabel.promotedTokens
        let chosen = """
            e.kind = 'output' AND (e.rank BETWEEN 1 AND \(most) AND e.value > 0
                OR e.rank BETWEEN -\(most) AND -1 AND e.value < 0)
            """
        // By feature, the suppressed first (ranks from -10 to -1), as the key of the table orders them.
        let sql =
            if let features {
                """
                SELECT e.layer, e.feature_index, e.rank, e.token FROM \(features) f CROSS JOIN main.token_effects e
                    ON e.layer = f.layer AND e.feature_index = f.feature_index AND \(chosen)
                """
            } else {
                "SELECT e.layer, e.feature_index, e.rank, e.token FROM token_effects e WHERE \(chosen)"
            }
        var found: [(tail: Int32, token: Int32)] = []
        var counts = [Int32](repeating: 0, count: 2 * identity.featureCount + 1)
        try BlobScan.run(db, sql: sql) { row in
            let feature = FeatureID(layer: row.integer(0), index: row.integer(1))
            let token = try row.integer(3, named: "token", in: 0..<identity.vocabulary.count)
            guard let number = identity.number(of: feature) else { return }
            let tail = 2 * number + (row.integer(2) < 0 ? 1 : 0)
            found.append((Int32(tail), Int32(token)))
            counts[tail + 1] += 1
        }
        for place in counts.indices.dropFirst() { counts[place] += counts[place - 1] }
        starts = counts
        tokens = [Int32](repeating: 0, count: found.count)
        for (tail, token) in found {
            tokens[Int(counts[Int(tail)])] = token
            counts[Int(tail)] += 1
        }
    }

    /// The tokens that one tail of a feature promotes.
    subscript(feature: FeatureID, tail: FeatureTail) -> ArraySlice<Int32> {
        guard let number = identity.number(of: feature) else { return [] }
        let place = 2 * number + (tail == .negative ? 1 : 0)
        return tokens[Int(starts[place])..<Int(starts[place + 1])]
    }
}
