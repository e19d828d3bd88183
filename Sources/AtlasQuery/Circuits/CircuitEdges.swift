import AtlasStore
import Circuits

/// The edges of some stored graphs, ready to be added up by target, positions collapsed.
///
/// Edges lie in one array, by target and then in the order of the graphs, so that only the targets that are asked about
/// are added up. Sums run in the order of the graphs.
struct CircuitEdges {
    /// The key of everything that a group's graphs explain, taken together; greater than every other.
    static let groupLogits = NodeKey(rawValue: NodeKey.Kind.logit.rawValue << 40 | 0xFF_FFFF_FFFF)

    private struct Contribution {
        var weight: Double
        var share: Double
        var graph: UInt32
        var source: UInt32
        var isSamePosition: Bool
        var isOfNegative: Bool
    }

    private let keys: [NodeKey]
    private let places: [NodeKey: Int]
    /// Where a target's contributions begin; one more than there are keys.
    private let starts: [Int]
    private let contributions: [Contribution]

    /// Collects the edges of graphs in canonical order.
    ///
    /// - Parameter mergesLogits: whether all logits are one node, each edge to one weighted by the logit's probability
    init(_ graphs: [SparseGraph], mergesLogits: Bool) {
        var keys: [NodeKey] = []
        var places: [NodeKey: Int] = [:]
        func place(_ key: NodeKey) -> Int {
            if let place = places[key] { return place }
            places[key] = keys.count
            keys.append(key)
            return keys.count - 1
        }
        var targets: [UInt32] = []
        var unsorted: [Contribution] = []
        for (number, graph) in graphs.enumerated() {
            let keysOfNodes = graph.nodes.map { NodeKey($0.id, tokens: graph.tokens, targets: graph.targets)! }
            let numbers = keysOfNodes.map { key in
                place(mergesLogits && key.kind == .logit ? Self.groupLogits : key)
            }
            let positions = graph.nodes.map { $0.id.position(in: graph.targets) }
            // A custom target is the question of one run; it is left out, as the derivation leaves it out.
            for edge in graph.edges where !graph.isCustomTarget(edge.target) {
                let (source, target) = (keysOfNodes[edge.source], keysOfNodes[edge.target])
                guard EdgeTotal.goesUp(from: source, to: target) else { continue }
                var factor = 1.0
                if mergesLogits, case .logit(let ordinal) = graph.nodes[edge.target].id {
                    factor = Double(graph.targets[ordinal].probability)
                }
                let weight = Double(edge.weight)
                targets.append(UInt32(numbers[edge.target]))
                unsorted.append(
                    Contribution(
                        weight: weight * factor,
                        share: weight == 0
                            ? 0 : weight.magnitude * factor / Double(graph.nodes[edge.target].inputSum),
                        graph: UInt32(number), source: UInt32(numbers[edge.source]),
                        isSamePosition: positions[edge.target] == positions[edge.source],
                        isOfNegative: source.kind == .feature && graph.nodes[edge.source].activation < 0))
            }
        }
        var starts = [Int](repeating: 0, count: keys.count + 1)
        for target in targets { starts[Int(target) + 1] += 1 }
        for key in keys.indices { starts[key + 1] += starts[key] }
        var next = starts
        var sorted = [Int](repeating: 0, count: unsorted.count)
        for (index, target) in targets.enumerated() {
            sorted[next[Int(target)]] = index
            next[Int(target)] += 1
        }
        contributions = sorted.map { unsorted[$0] }
        self.keys = keys
        self.places = places
        self.starts = starts
    }

    /// Whether some graph has the node.
    func contains(_ key: NodeKey) -> Bool { places[key] != nil }

    /// The inputs of a node over the graphs, by source.
    func inputs(of target: NodeKey) -> [EdgeTotal] {
        guard let place = places[target] else { return [] }
        var totals: [UInt32: EdgeTotal] = [:]
        var start = starts[place]
        let end = starts[place + 1]
        while start < end {
            let graph = contributions[start].graph
            var weights: [UInt32: (sum: Double, aligned: Double)] = [:]
            while start < end, contributions[start].graph == graph {
                let contribution = contributions[start]
                var total = totals[contribution.source] ?? EdgeTotal(source: keys[Int(contribution.source)])
                total.sum.add(
                    magnitude: contribution.weight.magnitude, share: contribution.share,
                    isSamePosition: contribution.isSamePosition)
                totals[contribution.source] = total
                weights[contribution.source, default: (0, 0)].sum += contribution.weight
                weights[contribution.source]!.aligned +=
                    contribution.isOfNegative ? -contribution.weight : contribution.weight
                start += 1
            }
            // Each source is added to once a graph, so the order of this loop decides nothing.
            for (source, (weight, aligned)) in weights {
                totals[source]!.sum.addPrompt(weight: weight)
                totals[source]!.aligned += aligned
            }
        }
        return totals.values.sorted { $0.source < $1.source }
    }
}
