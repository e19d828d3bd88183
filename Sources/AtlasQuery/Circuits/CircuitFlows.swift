import AtlasStore
import Circuits

/// A pruned circuit as flows, with its features apart.
struct CircuitFlows {
    /// The circuit's nodes as flows, the seed first.
    let graph: FlowGraph
    /// The features that are not the seed, most influential first.
    let features: [FeatureID]
    /// For each of `features` its node in `graph`.
    private let places: [Int]

    init(_ pruning: CircuitPruning<NodeKey>, _ grown: GrownCircuit) {
        let numbers = Dictionary(uniqueKeysWithValues: pruning.nodes.enumerated().map { ($1, $0) })
        graph = FlowGraph(
            roles: pruning.nodes.map(\.role),
            edges: pruning.edges.map { edge in
                let size = grown.growth.influence(of: edge.target) * edge.share
                return FlowGraph.Edge(
                    source: numbers[edge.source]!, target: numbers[edge.target]!,
                    flow: grown.total(edge).mean < 0 ? -size : size)
            })
        let chosen = pruning.nodes.enumerated().dropFirst().filter { $0.element.kind == .feature }
        features = chosen.map { $0.element.feature! }
        places = chosen.map(\.offset)
    }

    /// The flows with groups of features (places in `features`) as one node each.
    func merged(_ groups: [[Int]]) -> FlowGraph {
        var leader = Array(graph.roles.indices)
        for group in groups {
            let first = group.map { places[$0] }.min()!
            for member in group { leader[places[member]] = first }
        }
        var numbers: [Int: Int] = [:]
        return graph.merged(
            leader.map { node in
                if let number = numbers[node] { return number }
                numbers[node] = numbers.count
                return numbers.count - 1
            })
    }

    /// The cosines between the signed flows from and to every node: `[features][features]`.
    func profileCosines() -> [[Double]] {
        let count = graph.roles.count
        var profiles = [[Double]](repeating: [Double](repeating: 0, count: 2 * count), count: count)
        for edge in graph.edges {
            profiles[edge.target][edge.source] = edge.flow
            profiles[edge.source][count + edge.target] = edge.flow
        }
        let chosen = places.map { profiles[$0] }
        let norms = chosen.map { profile in profile.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return chosen.indices.map { row in
            chosen.indices.map { column in
                let product = norms[row] * norms[column]
                guard product > 0 else { return 0 }
                return zip(chosen[row], chosen[column]).reduce(0) { $0 + $1.0 * $1.1 } / product
            }
        }
    }
}
