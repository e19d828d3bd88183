import Circuits

/// The features of one pruned graph and the signed edges between them, as bits: what motifs are counted in.
struct FeatureGraph {
    /// An edge between two nodes.
    struct Edge: Hashable {
        var source: Int
        var target: Int
        var sign = EdgeSign.positive
    }

    /// Each node's feature.
    let features: [FeatureID]
    /// Each node's position.
    let positions: [Int]
    /// The edges; at most one from a node to another.
    let edges: [Edge]
    /// The nodes that edges lead to and come from, in the rows that ``row(_:_:sign:)`` says.
    private(set) var links: NodeSets

    /// Which end of a node's edges is asked about.
    enum Side: Int {
        case outputs
        case inputs
    }

    /// The nodes in ascending order of feature and position; edges in ascending order.
    ///
    /// - Parameter signed: whether edges that lower are told from those that raise
    init(_ graph: SparseGraph, signed: Bool) {
        var found: [(feature: FeatureID, position: Int, node: Int)] = []
        for (node, content) in graph.nodes.enumerated() {
            guard case .feature(let layer, let position, let index) = content.id else { continue }
            found.append((FeatureID(layer: layer, index: index), position, node))
        }
        found.sort { ($0.feature, $0.position) < ($1.feature, $1.position) }
        let places = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1.node, $0) })
        let edges = graph.edges.compactMap { edge -> Edge? in
            guard let source = places[edge.source], let target = places[edge.target] else { return nil }
            return Edge(source: source, target: target, sign: signed && edge.weight < 0 ? .negative : .positive)
        }.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
        self.init(features: found.map(\.feature), positions: found.map(\.position), edges: edges)
    }

    init(features: [FeatureID], positions: [Int], edges: [Edge]) {
        self.features = features
        self.positions = positions
        self.edges = edges
        links = NodeSets(rowCount: 6 * features.count, nodeCount: features.count)
        for edge in edges {
            link(edge, sign: edge.sign)
            link(edge, sign: nil)
        }
    }

    private mutating func link(_ edge: Edge, sign: EdgeSign?) {
        links.insert(edge.target, to: row(edge.source, .outputs, sign: sign))
        links.insert(edge.source, to: row(edge.target, .inputs, sign: sign))
    }

    /// The row of `links` that holds the nodes at the other ends of a node's edges.
    ///
    /// - Parameter sign: `nil` for both signs
    func row(_ node: Int, _ side: Side, sign: EdgeSign?) -> Int {
        (3 * side.rawValue + (sign?.rawValue ?? 2)) * features.count + node
    }

    /// Whether an edge could run from one node to another: to a later layer, and to no earlier position.
    func allows(_ source: Int, _ target: Int) -> Bool {
        features[source].layer < features[target].layer && positions[source] <= positions[target]
    }
}

/// Whether an edge raises its target or lowers it.
enum EdgeSign: Int, CaseIterable {
    case positive
    case negative
}
