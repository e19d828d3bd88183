import AtlasStore
import Circuits
import GRDB

/// Whether edges lead to a feature or away from it.
public enum NeighbourDirection: String, Codable, Sendable, CaseIterable {
    /// The feature is the target.
    case upstream
    /// The feature is the source.
    case downstream
}

/// What neighbours are ranked by.
public enum NeighbourRanking: String, Codable, Sendable, CaseIterable {
    /// Share of the target's input in stored graphs, summed over prompts.
    case edges
    /// |TWERA|.
    case twera
    /// |ERA|.
    case era
    /// |V|.
    case virtual
}

/// The neighbours of a feature by stored edges and by weights, side by side.
public struct GlobalNeighbours: Codable, Sendable, Equatable {
    /// The feature.
    public let feature: FeatureID
    /// Whether its sources or its targets are told.
    public let direction: NeighbourDirection
    /// What they are ranked by.
    public let ranking: NeighbourRanking
    /// The prompts that count, as a filter is written; `nil` for all.
    public let filter: String?
    /// How many prompts these are.
    public let promptCount: Int
    /// How many of them have a stored graph.
    public let graphCount: Int
    /// Tokens that expectations are taken over; `nil` where the model was not asked.
    public let countedTokens: Int?
    /// Tokens where the feature is active; `nil` where the model was not asked.
    public let activeTokens: Int?
    /// What counts as large and tiny; `nil` where the model was not asked.
    public let scale: WeightScale?
    /// The neighbours, the strongest first. Their label is a person's, else the automatic one.
    public let neighbours: [Neighbour]
}

/// What feeds a feature and what a feature feeds, by stored edges and by weights.
extension AtlasReader {
    static let edgeBetween = """
        SELECT support, mean, spread, mean_share, sign_consistency, same_position_share
        FROM edges WHERE target = ? AND source = ?
        """

    /// The neighbours of a feature in one direction: mean stored edge, ERA, TWERA, V and co-activations side by side.
    ///
    /// Features in layers that come after are downstream, those in layers before upstream; by stored edges tokens,
    /// errors and logits are neighbours too. Equals are in order of their node keys.
    ///
    /// - Parameters:
    ///   - ranking: what comes first; all but stored edges need `weights`
    ///   - filter: the prompts whose graphs and tokens count
    ///   - weights: of the atlas's model; without them only stored edges are told
    ///   - limit: how many neighbours are told
    ///   - jobs: threads that read weights
    /// - Complexity: reads no activations without `weights`; of a group of prompts all graphs where the feature fires
    public func neighbours(
        of feature: FeatureID, _ direction: NeighbourDirection, by ranking: NeighbourRanking = .edges,
        where filter: PromptFilter = .all, weights: (any FeatureWeights)? = nil, limit: Int = 20, jobs: Int = 1
    ) throws -> GlobalNeighbours {
        if let weights { try weights.requireModel(of: atlas) }
        return try ask("asking for a feature's neighbours") { db in
            try requireFired(feature, db)
            guard ranking == .edges || weights != nil else {
                throw QuestionError.needsModel(question: "a ranking by \(ranking.rawValue)")
            }
            let edges = try FeatureEdges(feature, direction, where: filter, reader: self, db)
            let global = try weights.map {
                try globalWeights(of: feature, direction, $0, where: filter, jobs: jobs, db)
            }
            var neighbours: [Neighbour]
            if ranking == .edges {
                neighbours = try edges.strongest(limit, db)
            } else {
                neighbours = try global!.strongest(limit, by: ranking)
                    .map { try edges.neighbour(NodeKey($0.feature), db) }
            }
            if let global {
                for index in neighbours.indices {
                    neighbours[index].weights = neighbours[index].node.feature.flatMap(global.weight(with:))
                }
            }
            return GlobalNeighbours(
                feature: feature, direction: direction, ranking: ranking,
                filter: filter.conditions.isEmpty ? nil : "\(filter)", promptCount: edges.promptCount,
                graphCount: edges.graphCount, countedTokens: global?.coactivation.countedTokens,
                activeTokens: global?.coactivation.own.activeTokens, scale: global?.scale, neighbours: neighbours)
        }
    }

    /// The weights of one feature with all others in one direction.
    package func globalWeights(
        of feature: FeatureID, _ direction: NeighbourDirection, _ weights: any FeatureWeights,
        where filter: PromptFilter, jobs: Int, _ db: Database
    ) throws -> GlobalWeights {
        let coactivation = try coactivation(of: feature, where: filter, db)
        return switch direction {
        case .upstream:
            GlobalWeights(direction, coactivation, firstLayer: 0, try weights.sources(of: feature, jobs: jobs))
        case .downstream:
            GlobalWeights(
                direction, coactivation, firstLayer: feature.layer + 1, try weights.targets(of: feature, jobs: jobs))
        }
    }

    /// The features of largest global weight with one, without their stored edges: what a circuit by TWERA grows over.
    ///
    /// - Parameters: as of ``neighbours(of:_:by:where:weights:limit:jobs:)``; `ranking` is not by stored edges
    public func weighted(
        _ feature: FeatureID, _ direction: NeighbourDirection, by ranking: NeighbourRanking = .twera,
        where filter: PromptFilter = .all, weights: any FeatureWeights, limit: Int = 20, jobs: Int = 1
    ) throws -> [WeightedFeature] {
        try weights.requireModel(of: atlas)
        return try ask("asking for a feature's global weights") { db in
            try requireFired(feature, db)
            return try weighted(
                feature, direction, by: ranking, where: filter, weights: weights, limit: limit, jobs: jobs, db)
        }
    }

    /// The same inside a question, of the atlas's model and a feature that fires.
    func weighted(
        _ feature: FeatureID, _ direction: NeighbourDirection, by ranking: NeighbourRanking,
        where filter: PromptFilter, weights: any FeatureWeights, limit: Int, jobs: Int, _ db: Database
    ) throws -> [WeightedFeature] {
        try globalWeights(of: feature, direction, weights, where: filter, jobs: jobs, db)
            .strongest(limit, by: ranking)
    }
}

/// The stored edges of one feature: the atlas's aggregated ones, or those of a group of prompts added up now.
private struct FeatureEdges {
    let promptCount: Int
    let graphCount: Int
    private let reader: AtlasReader
    private let feature: FeatureID
    private let direction: NeighbourDirection
    /// `nil` for the whole atlas.
    private let totals: [NodeKey: EdgeSum]?

    init(
        _ feature: FeatureID, _ direction: NeighbourDirection, where filter: PromptFilter, reader: AtlasReader,
        _ db: Database
    ) throws {
        self.reader = reader
        self.feature = feature
        self.direction = direction
        if filter.conditions.isEmpty {
            let whole = try StoredRow.fetchExisting(
                db, "derivation", sql: "SELECT prompt_count, graph_count FROM derivation")
            (promptCount, graphCount) = try (whole["prompt_count"], whole["graph_count"])
            totals = nil
        } else {
            promptCount = try reader.prompts(where: filter, needGraphs: false, db).count
            let group = try reader.prompts(where: filter, needGraphs: true, db)
            graphCount = group.count
            totals = try reader.edgeTotals(
                of: NodeKey(feature), direction,
                prompts: reader.prompts(group, thatCanHold: NodeKey(feature), db), db)
        }
    }

    /// The neighbours that hold, or of whose inputs the feature holds, the largest shares, summed over prompts.
    func strongest(_ limit: Int, _ db: Database) throws -> [Neighbour] {
        guard let totals else {
            let sql = direction == .upstream ? AtlasReader.upstreamEdges : AtlasReader.downstreamEdges
            return try reader.neighbours(of: feature, sql: sql, limit: limit, db)
        }
        return try totals.sorted { ($1.value.share, $0.key) < ($0.value.share, $1.key) }.prefix(limit)
            .map { try neighbour($0.key, db) }
    }

    /// One neighbour with its stored edges, if it has any.
    func neighbour(_ key: NodeKey, _ db: Database) throws -> Neighbour {
        let node = NodeName(key, vocabulary: reader.atlas.identity.vocabulary)
        let label = try key.feature.flatMap { try reader.shownLabel(of: $0, db).label }
        if let totals { return (totals[key] ?? EdgeSum()).neighbour(node, label: label) }
        let own = NodeKey(feature)
        let (target, source) = direction == .upstream ? (own, key) : (key, own)
        return try reader.storedEdge(from: source, to: target, told: node, label: label, db)
    }
}

extension AtlasReader {
    /// The aggregated edge between two nodes, told of one of them.
    func storedEdge(
        from source: NodeKey, to target: NodeKey, told node: NodeName, label: String?, _ db: Database
    ) throws -> Neighbour {
        let statement = try db.cachedStatement(sql: Self.edgeBetween)
        guard let row = try StoredRow.fetchOne(statement, arguments: [target.rawValue, source.rawValue]) else {
            return EdgeSum().neighbour(node, label: label)
        }
        return try Neighbour(
            node: node, label: label, support: row["support"], mean: row["mean"], spread: row["spread"],
            meanShare: row["mean_share"], signConsistency: row["sign_consistency"],
            samePositionShare: row["same_position_share"])
    }
}
