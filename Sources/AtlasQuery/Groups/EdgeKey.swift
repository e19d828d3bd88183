import AtlasStore
import Circuits
import GRDB

/// An edge of a graph with the positions of both ends taken together.
struct EdgeKey: Hashable, Comparable {
    let source: NodeKey
    let target: NodeKey

    static func < (left: EdgeKey, right: EdgeKey) -> Bool {
        (left.target, left.source) < (right.target, right.source)
    }
}

extension SparseGraph {
    /// The graph's edges by end points without positions, weights added up; targets that are no token left out.
    func edgesByKey() -> [EdgeKey: Double] {
        let keys = nodes.indices.map {
            isCustomTarget($0) ? nil : NodeKey(nodes[$0].id, tokens: tokens, targets: targets)
        }
        var sums: [EdgeKey: Double] = [:]
        for edge in edges {
            guard let source = keys[edge.source], let target = keys[edge.target] else { continue }
            sums[EdgeKey(source: source, target: target), default: 0] += Double(edge.weight)
        }
        return sums
    }

    /// The influence of the graph's features, summed over positions.
    func featureInfluence() -> [FeatureID: Double] { Self.featureInfluence(nodes) }

    /// The influence of the features among some nodes, summed over positions; features without influence left out.
    static func featureInfluence(_ nodes: [Node]) -> [FeatureID: Double] {
        var sums: [FeatureID: Double] = [:]
        for node in nodes where node.influence > 0 {
            guard case .feature(let layer, _, let index) = node.id else { continue }
            sums[FeatureID(layer: layer, index: index), default: 0] += Double(node.influence)
        }
        return sums
    }
}

extension AtlasReader {
    /// A node's name, and a feature's label.
    func named(_ key: NodeKey, _ db: Database) throws -> (name: NodeName, label: String?) {
        let name = NodeName(key, vocabulary: atlas.identity.vocabulary)
        return (name, try key.feature.map { try shownLabel(of: $0, db).label } ?? nil)
    }
}
