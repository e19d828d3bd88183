import AtlasStore
import Circuits
import GRDB

/// Which heads do what, across prompts.
extension AtlasReader {
    /// Every head of the model: where it looks, and how much of the stored edges goes through it.
    ///
    /// - Throws: ``QuestionError/noHeads`` for an atlas without the heads of any edges
    /// - Complexity: unpacks the heads of every graph
    public func heads() throws -> HeadsReport {
        try ask("asking what heads do") { db in
            let stored = try StoredHeads(self, db)
            let layerCount = atlas.identity.layerCount
            var sums = HeadSums(layerCount: layerCount, headCount: stored.headCount)
            try stored.forEach(db, withEdges: false) { sums.add($0) }
            return HeadsReport(
                layerCount: layerCount, headCount: stored.headCount, graphCount: stored.graphCount,
                lackingCount: stored.lackingCount,
                heads: (0..<layerCount * stored.headCount).map { sums.head($0) })
        }
    }

    /// The heads that carry a feature: the shares of its outgoing edges' absolute loadings, over all prompts.
    public func heads(carrying feature: FeatureID) throws -> FeatureHeadsReport {
        try ask("asking which heads carry a feature") { db in
            guard atlas.identity.contains(feature) else {
                throw QuestionError.unknownFeature(
                    feature: feature, layerCount: atlas.identity.layerCount,
                    featuresPerLayer: atlas.identity.featuresPerLayer)
            }
            let stored = try StoredHeads(self, db)
            var sums: [Int: (size: Double, signed: Double, edges: Int, prompts: Int, last: Int)] = [:]
            var (total, weights, own, edgeCount) = (0.0, 0.0, 0.0, 0)
            try stored.forEach(db, withEdges: true) { graph in
                for (place, edge) in graph.edges.enumerated() {
                    guard case .feature(let layer, _, let index) = graph.nodes[edge.source].id,
                        FeatureID(layer: layer, index: index) == feature
                    else { continue }
                    edgeCount += 1
                    weights += Double(edge.weight.magnitude)
                    let heads = graph.heads[place]
                    if heads.isEmpty { own += Double(edge.weight.magnitude) }
                    total += heads.reduce(Double(graph.heads.rests[place])) { $0 + Double($1.loading.magnitude) }
                    for entry in heads {
                        let place = entry.layer * stored.headCount + entry.head
                        var sum = sums[place] ?? (0, 0, 0, 0, -1)
                        sum.size += Double(entry.loading.magnitude)
                        sum.signed += Double(entry.loading)
                        sum.edges += 1
                        if sum.last != graph.prompt { (sum.prompts, sum.last) = (sum.prompts + 1, graph.prompt) }
                        sums[place] = sum
                    }
                }
            }
            return FeatureHeadsReport(
                feature: feature, label: try shownLabel(of: feature, db).label, graphCount: stored.graphCount,
                edgeCount: edgeCount, ownPositionShare: weights > 0 ? own / weights : 0,
                heads: sums.map { place, sum in
                    FeatureHeadsReport.Head(
                        layer: place / stored.headCount, head: place % stored.headCount,
                        share: total > 0 ? sum.size / total : 0, loading: sum.signed, edgeCount: sum.edges,
                        promptCount: sum.prompts)
                }.sorted { ($1.share, $0.layer, $0.head) < ($0.share, $1.layer, $1.head) })
        }
    }
}
