import Circuits
import Foundation

@testable import AtlasStore

/// The derived numbers computed from facts the plain way, with dictionaries, as the definitions say.
struct PlainOracle {
    /// The facts as they are stored: in canonical order and rounded.
    let prompts: [PromptFacts]

    init(_ facts: [PromptFacts]) {
        prompts = facts.map(Self.rounded).sorted { ContentHash(of: $0.text) < ContentHash(of: $1.text) }
    }

    static func rounded(_ facts: PromptFacts) -> PromptFacts {
        var facts = facts
        facts.activations = facts.activations.map {
            ActiveFeature(
                layer: $0.layer, position: $0.position, index: $0.index,
                activation: ActivationBlock.rounded($0.activation))
        }
        guard var graph = facts.graph else { return facts }
        graph.edges = graph.edges.map {
            .init(target: $0.target, source: $0.source, weight: EdgeBlock.rounded($0.weight))
        }
        graph.targetInfluence = graph.targetInfluence.map { $0.map(MagnitudeColumn.weights.rounded) }
        facts.graph = graph
        return facts
    }

    func key(_ node: Int, of graph: SparseGraph) -> NodeKey {
        NodeKey(graph.nodes[node].id, tokens: graph.tokens, targets: graph.targets)!
    }

    func position(_ node: Int, of graph: SparseGraph) -> Int {
        switch graph.nodes[node].id {
        case .feature(_, let position, _), .error(_, let position), .token(let position): position
        case .logit(let ordinal): graph.targets[ordinal].position
        case .bias: -1
        }
    }

    /// The activations of a feature: prompt by prompt, position by position.
    func activations(of feature: FeatureID) -> [[(position: Int, value: Float)]] {
        prompts.map { facts in
            facts.activations.filter { $0.feature == feature }.map { ($0.position, $0.activation) }
        }
    }

    var features: [FeatureID] { Set(prompts.flatMap(\.activations).map(\.feature)).sorted() }

    /// What is known of an edge between two keys.
    struct Edge: Equatable {
        var support = 0
        var occurrences = 0
        var positive = 0
        var negative = 0
        var weight = 0.0
        var square = 0.0
        var share = 0.0
        var absolute = 0.0
        var same = 0.0
    }

    struct Pair: Hashable {
        var target: NodeKey
        var source: NodeKey
    }

    func edges() -> [Pair: Edge] {
        var all: [Pair: Edge] = [:]
        for graph in prompts.compactMap(\.graph) {
            let byPair = Dictionary(grouping: graph.edges) {
                Pair(target: key($0.target, of: graph), source: key($0.source, of: graph))
            }
            for (pair, edges) in byPair {
                let weight = edges.reduce(0.0) { $0 + Double($1.weight) }
                var total = all[pair] ?? Edge()
                total.support += 1
                total.occurrences += edges.count
                total.positive += weight > 0 ? 1 : 0
                total.negative += weight < 0 ? 1 : 0
                total.weight += weight
                total.square += weight * weight
                for edge in edges {
                    let absolute = Double(abs(edge.weight))
                    total.absolute += absolute
                    total.share += absolute / Double(graph.nodes[edge.target].inputSum)
                    if position(edge.target, of: graph) == position(edge.source, of: graph) { total.same += absolute }
                }
                all[pair] = total
            }
        }
        return all
    }

    /// What is known of a node as the driver of a token.
    struct Driver: Equatable {
        var prompts = 0
        var covered: Set<Int> = []
        var influence = 0.0
        var direct = 0.0
        var directSquare = 0.0
        var directSupport = 0
        var positive = 0
        var negative = 0
    }

    struct DriverKey: Hashable {
        var token: Int
        var node: NodeKey
    }

    func drivers() -> [DriverKey: Driver] {
        var all: [DriverKey: Driver] = [:]
        for (number, facts) in prompts.enumerated() {
            guard let graph = facts.graph else { continue }
            for token in Set(graph.targets.map(\.token)) {
                let ordinals = graph.targets.indices.filter { graph.targets[$0].token == token }
                var influence: [NodeKey: Double] = [:]
                for ordinal in ordinals {
                    for node in graph.nodes.indices {
                        if case .logit = graph.nodes[node].id { continue }
                        influence[key(node, of: graph), default: 0] +=
                            Double(graph.targets[ordinal].probability) * Double(graph.targetInfluence[ordinal][node])
                    }
                }
                var direct: [NodeKey: Double] = [:]
                for edge in graph.edges {
                    guard case .logit(let ordinal) = graph.nodes[edge.target].id, ordinals.contains(ordinal) else {
                        continue
                    }
                    if case .logit = graph.nodes[edge.source].id { continue }
                    direct[key(edge.source, of: graph), default: 0] += Double(edge.weight)
                }
                let total = influence.filter { $0.key.kind == .feature }.sorted { $0.key < $1.key }
                    .reduce(0.0) { $0 + $1.value }
                for node in Set(influence.filter { $0.value > 0 }.keys).union(direct.keys) {
                    var driver = all[DriverKey(token: token, node: node)] ?? Driver()
                    let held = influence[node] ?? 0
                    driver.prompts += held > 0 ? 1 : 0
                    driver.influence += held
                    if node.kind == .feature, held > 0, held >= 0.05 * total { driver.covered.insert(number) }
                    if let weight = direct[node] {
                        driver.directSupport += 1
                        driver.direct += weight
                        driver.directSquare += weight * weight
                        driver.positive += weight > 0 ? 1 : 0
                        driver.negative += weight < 0 ? 1 : 0
                    }
                    all[DriverKey(token: token, node: node)] = driver
                }
            }
        }
        return all
    }
}

/// Whether two sums of the same numbers agree but for the order of additions.
func agree(_ left: Double, _ right: Double) -> Bool {
    abs(left - right) <= 1e-12 * max(1, abs(left), abs(right))
}
