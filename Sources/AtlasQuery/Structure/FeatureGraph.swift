import Circuits

/// The features of one pruned graph and the edges between them, as bits: what motifs are counted in.
struct FeatureGraph {
    /// Each node's feature.
    let features: [FeatureID]
    /// Each node's position.
    let positions: [Int]
    /// The edges, as source and target nodes.
    private(set) var edges: [(source: Int, target: Int)]
    /// For each node the nodes it has edges to, and from.
    private(set) var outputs: [NodeSet]
    private(set) var inputs: [NodeSet]

    /// The nodes in ascending order of feature and position; edges in ascending order.
    init(_ graph: SparseGraph) {
        var found: [(feature: FeatureID, position: Int, node: Int)] = []
        for (node, content) in graph.nodes.enumerated() {
            guard case .feature(let layer, let position, let index) = content.id else { continue }
            found.append((FeatureID(layer: layer, index: index), position, node))
        }
        found.sort { ($0.feature, $0.position) < ($1.feature, $1.position) }
        let places = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1.node, $0) })
        let edges = graph.edges.compactMap { edge -> (source: Int, target: Int)? in
            guard let source = places[edge.source], let target = places[edge.target] else { return nil }
            return (source, target)
        }.sorted { $0 < $1 }
        self.init(features: found.map(\.feature), positions: found.map(\.position), edges: edges)
    }

    init(features: [FeatureID], positions: [Int], edges: [(source: Int, target: Int)]) {
        self.features = features
        self.positions = positions
        self.edges = edges
        outputs = [NodeSet](repeating: NodeSet(count: features.count), count: features.count)
        inputs = outputs
        for edge in edges {
            outputs[edge.source].insert(edge.target)
            inputs[edge.target].insert(edge.source)
        }
    }

    /// Whether an edge could run from one node to another: to a later layer, and to no earlier position.
    func allows(_ source: Int, _ target: Int) -> Bool {
        features[source].layer < features[target].layer && positions[source] <= positions[target]
    }

    /// Exchanges the targets of random pairs of edges; every node keeps its number of inputs and of outputs.
    ///
    /// - Parameter tries: how many pairs are drawn; those that would double an edge or run backwards are left as they are
    mutating func rewire(tries: Int, using generator: inout SeededNumbers) {
        guard edges.count > 1 else { return }
        for _ in 0..<tries {
            let (first, second) = (generator.below(edges.count), generator.below(edges.count))
            let (left, right) = (edges[first], edges[second])
            guard left.source != right.source, left.target != right.target, allows(left.source, right.target),
                allows(right.source, left.target), !outputs[left.source].contains(right.target),
                !outputs[right.source].contains(left.target)
            else { continue }
            move(first, to: right.target)
            move(second, to: left.target)
        }
    }

    private mutating func move(_ edge: Int, to target: Int) {
        let (source, old) = edges[edge]
        outputs[source].remove(old)
        inputs[old].remove(source)
        outputs[source].insert(target)
        inputs[target].insert(source)
        edges[edge].target = target
    }
}

/// A set of nodes of one small graph.
struct NodeSet: Hashable {
    private var words: [UInt64]

    /// The empty set of a graph of so many nodes.
    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ node: Int) { words[node >> 6] |= 1 << UInt64(node & 63) }

    mutating func remove(_ node: Int) { words[node >> 6] &= ~(1 << UInt64(node & 63)) }

    func contains(_ node: Int) -> Bool { words[node >> 6] >> UInt64(node & 63) & 1 == 1 }

    /// How many nodes both sets have.
    func commonCount(_ other: NodeSet) -> Int {
        var count = 0
        for word in words.indices { count += (words[word] & other.words[word]).nonzeroBitCount }
        return count
    }

    /// Whether some node is in both sets.
    func meets(_ other: NodeSet) -> Bool {
        for word in words.indices where words[word] & other.words[word] != 0 { return true }
        return false
    }

    /// The nodes, ascending.
    var members: [Int] {
        var members: [Int] = []
        for (place, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(place << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return members
    }
}
