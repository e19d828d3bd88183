import AtlasStore
import Circuits
import Foundation
import GRDB

/// The facts that one circuit is grown from.
package struct CircuitBasis {
    let seed: CircuitSeed
    /// How many graphs could be used.
    let groupSize: Int
    /// The edges of the used graphs; `nil`: the aggregated edges of all.
    let edges: CircuitEdges?
    /// How many graphs are used; `nil`: all.
    let promptCount: Int?
    /// The mean probability of the seed over the used prompts; `nil` for a feature.
    let seedProbability: Double?
    /// By node: its mean effect on the answer's lead, positions together; `nil` where it was not asked for.
    let effects: [NodeKey: Double]?
    /// By feature: in how many of the used prompts it fires, at how many tokens, its activations' sum and that of
    /// their sizes.
    private var firings: [FeatureID: (prompts: Int, tokens: Int, sum: Double, size: Double)] = [:]
    /// By any other node: in how many of the used graphs it is.
    private var appearances: [NodeKey: Int] = [:]

    /// Reads the graphs and activations of `prompts`, in canonical order.
    ///
    /// - Parameter withEffects: whether nodes' effects are read too
    package init(
        seed: CircuitSeed, groupSize: Int, prompts: [Int]?, withEffects: Bool = false, _ reader: AtlasReader,
        _ db: Database
    ) throws {
        self.seed = seed
        self.groupSize = groupSize
        promptCount = prompts?.count
        guard let prompts else {
            edges = nil
            effects = nil
            seedProbability = nil
            return
        }
        let graphs = try prompts.map { try reader.storedGraph(of: $0, withEffects: withEffects, db) }
        effects = withEffects ? try CircuitNodeEffects.means(graphs, seed: seed, reader) : nil
        seedProbability = Self.probability(of: seed, in: graphs)
        edges = CircuitEdges(graphs, mergesLogits: seed.mergesLogits)
        for (prompt, graph) in zip(prompts, graphs) {
            var seen = Set<NodeKey>()
            for node in graph.nodes {
                if case .feature = node.id { continue }
                if let key = NodeKey(node.id, tokens: graph.tokens, targets: graph.targets) { seen.insert(key) }
            }
            for key in seen { appearances[key, default: 0] += 1 }
            var fired = Set<FeatureID>()
            for active in try reader.storedActivations(of: prompt, db) {
                var firing = firings[active.feature] ?? (0, 0, 0, 0)
                if fired.insert(active.feature).inserted { firing.prompts += 1 }
                firing.tokens += 1
                firing.sum += Double(active.activation)
                firing.size += Double(active.activation.magnitude)
                firings[active.feature] = firing
            }
        }
    }

    /// The mean over graphs of the probability of the targets that are the seed.
    private static func probability(of seed: CircuitSeed, in graphs: [SparseGraph]) -> Double? {
        if case .feature = seed { return nil }
        let sums = graphs.map { graph in
            graph.targets.reduce(0.0) { sum, target in
                if case .token(let token) = seed, target.token != token || target.custom != nil { return sum }
                return sum + Double(target.probability)
            }
        }
        return sums.isEmpty ? nil : sums.reduce(0, +) / Double(sums.count)
    }

    /// The node that everything leads to.
    var seedKey: NodeKey {
        switch seed {
        case .token(let token): NodeKey(logit: token)
        case .feature(let feature): NodeKey(feature)
        case .group, .prompt: CircuitEdges.groupLogits
        }
    }

    /// The sum of the sizes of a feature's activations over all tokens of the used prompts; `nil` where it does not fire
    /// or all graphs are used.
    func activationSize(of feature: FeatureID) -> Double? { firings[feature]?.size }

    /// In which share of the circuit's prompts a node fires, and a feature's mean activation there.
    func firing(_ key: NodeKey, _ reader: AtlasReader, _ db: Database) throws -> (share: Double?, mean: Double?) {
        guard let promptCount else {
            guard let feature = key.feature else { return (nil, nil) }
            let row = try StoredRow.fetchOne(
                db.cachedStatement(sql: AtlasReader.statisticsOfFeature), arguments: [feature.layer, feature.index])
            return try row.map { try ($0["prompt_density"], $0["mean"]) } ?? (nil, nil)
        }
        if key == CircuitEdges.groupLogits { return (1, nil) }
        guard let feature = key.feature else { return (Double(appearances[key] ?? 0) / Double(promptCount), nil) }
        guard let firing = firings[feature] else { return (0, nil) }
        return (Double(firing.prompts) / Double(promptCount), firing.sum / Double(firing.tokens))
    }
}

extension CircuitSeed {
    /// Whether all that is explained is one node.
    var mergesLogits: Bool {
        switch self {
        case .token, .feature: false
        case .group, .prompt: true
        }
    }
}
