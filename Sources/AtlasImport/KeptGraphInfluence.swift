import Circuits

/// Influence in a graph of which only the kept part is known.
///
/// Influence on one target is computed on the kept edges: each target's inputs are divided by the sum of those that were
/// kept, so it is somewhat larger than before pruning. Where the file gives each node's cumulative share of influence
/// before pruning, the shares themselves follow from it, scaled to the influence of the kept graph; else those are of the
/// kept graph too.
struct KeptGraphInfluence {
    /// Influence on all targets, weighted by probability, by node.
    let total: [Float]
    /// The share of all influence held by a node and the more influential ones.
    let cumulative: [Float]
    /// `[targets][nodes]`: influence on one target alone.
    let byTarget: [[Float]]
    /// Sums of absolute kept inputs, by node.
    let inputSums: [Float]
    /// Scores of the kept graph.
    let scores: GraphScores

    /// Computes everything.
    ///
    /// - Parameters:
    ///   - ids: nodes in an atlas's order
    ///   - edges: by target, then source; every edge leads to a node of a later layer
    ///   - probabilities: of the targets
    ///   - shares: cumulative shares as the file gives them
    /// - Complexity: O(targets × edges)
    init(ids: [NodeID], edges: [SparseGraph.Edge], probabilities: [Float], shares: [Float?]) {
        var sums = [Float](repeating: 0, count: ids.count)
        for edge in edges { sums[edge.target] += edge.weight.magnitude }
        inputSums = sums
        // Features stand in the order of their layers and logits last, so backwards all of a node's own influence is known
        // when its inputs' turn comes.
        byTarget = probabilities.indices.map { ordinal in
            var influence = [Double](repeating: 0, count: ids.count)
            let seed = ids.firstIndex(of: .logit(ordinal: ordinal))!
            influence[seed] = 1
            for edge in edges.reversed() where influence[edge.target] != 0 {
                influence[edge.source] +=
                    influence[edge.target] * Double(edge.weight.magnitude)
                    / Double(max(sums[edge.target], Influence.sumFloor))
            }
            influence[seed] = 0
            return influence.map(Float.init)
        }
        var kept = [Double](repeating: 0, count: ids.count)
        for (alone, probability) in zip(byTarget, probabilities) {
            for node in ids.indices { kept[node] += Double(alone[node]) * Double(probability) }
        }
        scores = Self.scores(ids, edges, sums, probabilities, kept)
        let isSource = ids.map { if case .logit = $0 { false } else { true } }
        let own = Self.sharesAlone(shares, isSource)
        let keptSum = kept.reduce(0, +)
        let ownSum = own?.reduce(0, +) ?? 0
        if let own, ownSum > 0, keptSum > 0 {
            total = own.map { Float($0 * keptSum / ownSum) }
            cumulative = zip(shares, isSource).map { $1 ? min($0 ?? 1, 1) : 1 }
        } else {
            total = kept.map(Float.init)
            cumulative = Self.cumulativeShares(kept)
        }
    }

    /// Each node's own share, from the cumulative ones; `nil` where one is missing.
    ///
    /// Nodes that were pruned leave gaps; a node has at most the share of the one before it.
    private static func sharesAlone(_ cumulative: [Float?], _ isSource: [Bool]) -> [Double]? {
        let sources = cumulative.indices.filter { isSource[$0] }
        guard sources.allSatisfy({ cumulative[$0] != nil }) else { return nil }
        var own = [Double](repeating: 0, count: cumulative.count)
        var (covered, last) = (0.0, Double.infinity)
        for node in sources.sorted(by: { (cumulative[$0]!, $0) < (cumulative[$1]!, $1) }) {
            let share = Double(cumulative[node]!)
            last = min(share - covered, last)
            own[node] = last
            covered = share
        }
        return own
    }

    private static func cumulativeShares(_ influence: [Double]) -> [Float] {
        let sum = influence.reduce(0, +)
        var cumulative = [Float](repeating: 1, count: influence.count)
        var covered = 0.0
        for node in influence.indices.sorted(by: { (influence[$1], $0) < (influence[$0], $1) }) where sum > 0 {
            covered += influence[node]
            cumulative[node] = Float(min(covered / sum, 1))
        }
        return cumulative
    }

    /// As `GraphScores` of a whole graph, over what is kept.
    private static func scores(
        _ ids: [NodeID], _ edges: [SparseGraph.Edge], _ sums: [Float], _ probabilities: [Float], _ influence: [Double]
    ) -> GraphScores {
        var fromErrors = [Double](repeating: 0, count: ids.count)
        for edge in edges {
            if case .error = ids[edge.source] {
                fromErrors[edge.target] +=
                    Double(edge.weight.magnitude) / Double(max(sums[edge.target], Influence.sumFloor))
            }
        }
        var (tokens, errors, explained, all) = (0.0, 0.0, 0.0, 0.0)
        for (node, id) in ids.enumerated() {
            var own = influence[node]
            switch id {
            case .token: tokens += own
            case .error: errors += own
            case .logit(let ordinal): own = Double(probabilities[ordinal])
            case .feature, .bias: break
            }
            all += own
            explained += own * (1 - fromErrors[node])
        }
        return GraphScores(
            replacement: tokens + errors > 0 ? tokens / (tokens + errors) : 0,
            completeness: all > 0 ? min(explained / all, 1) : 0)
    }
}
