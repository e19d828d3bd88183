import AtlasQuery
import Circuits
import Foundation

extension GraphDocument {
    /// Describes a global circuit as a graph that viewers open.
    ///
    /// A circuit's positions are taken together, so columns are not positions: each token of the circuit has a column of
    /// its own, the most influential first, and everything else stands in one column after them. The seed is a logit:
    /// one that is no token has the number after the vocabulary, as custom targets have. Weights are means over prompts.
    ///
    /// - Parameters:
    ///   - slug: the graph's name in its folder
    ///   - scan: the name of the transcoder set
    public init(
        _ circuit: CircuitReport, slug: GraphSlug, scan: String, layerCount: Int, vocabularySize: Int
    ) {
        let tokens = circuit.nodes.filter { $0.node.kind == "token" }
        let column = tokens.count
        var nextToken = 0
        let names = circuit.nodes.enumerated().map { index, node -> GraphNodeName in
            if index == 0 {
                let token = node.node.kind == "logit" ? node.node.token : nil
                return .logit(token: token ?? vocabularySize, layer: layerCount + 1, position: column)
            }
            if let feature = node.node.feature { return .feature(feature, position: column) }
            if let layer = node.node.layer { return .error(layer: layer, position: column) }
            nextToken += 1
            return .token(node.node.token ?? 0, position: nextToken - 1)
        }
        let cumulative = Self.cumulativeInfluence(of: circuit)
        let nodes = circuit.nodes.indices.map { index -> Node in
            let node = circuit.nodes[index]
            guard index > 0 else {
                // Viewers split a logit's label at "(p=" and take what stands between the first quotes.
                let said = circuit.seedName.replacing("\"", with: "'")
                let probability = Float(min(circuit.seedProbability ?? 1, 1))
                return Node(
                    name: names[0], tokenProbability: probability, isTargetLogit: true,
                    label: Node.logitLabel(said, probability: probability))
            }
            var exported = Node(
                name: names[index], label: node.label ?? "", influence: cumulative[index],
                activation: node.meanActivation.map(Float.init))
            exported.labelIsAutomatic = node.label != nil && node.labelIsAutomatic
            return exported
        }
        // The format's order: features, errors, tokens, logits.
        let order = nodes.indices.sorted { (nodes[$0].name.rank, $0) < (nodes[$1].name.rank, $1) }
        self.init(
            metadata: Metadata(
                slug: slug.description, scan: scan,
                promptTokens: tokens.map { $0.node.text ?? "" } + ["(all positions)"],
                prompt: "circuit of \(circuit.seedName)", nodeThreshold: circuit.options.nodeThreshold,
                edgeThreshold: circuit.options.edgeThreshold),
            nodes: order.map { nodes[$0] },
            links: circuit.edges.map { edge in
                Link(source: names[edge.source], target: names[edge.target], weight: Float(edge.mean))
            })
    }

    private static func cumulativeInfluence(of circuit: CircuitReport) -> [Float] {
        let total = circuit.nodes.dropFirst().reduce(0.0) { $0 + $1.influence }
        var covered = 0.0
        return circuit.nodes.enumerated().map { index, node in
            guard index > 0 else { return 0 }
            covered += node.influence
            return total > 0 ? Float(covered / total) : 0
        }
    }
}

extension GraphNodeName {
    fileprivate var rank: Int {
        switch self {
        case .feature: 0
        case .error: 1
        case .token: 2
        case .logit: 3
        case .bias: 4
        }
    }
}
