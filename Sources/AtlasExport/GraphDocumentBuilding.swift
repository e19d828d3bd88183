import Circuits
import Foundation

extension GraphDocument {
    /// What a stored graph does not know about itself.
    public struct Context: Sendable {
        /// The graph's name in its folder.
        public var slug: GraphSlug
        /// The name of the transcoder set.
        public var scan: String
        /// The prompt, with what stands before its first token.
        public var prompt: String
        /// How many layers the model has.
        public var layerCount: Int
        /// The text of a token.
        public var tokenText: @Sendable (Int) -> String
        /// The label of a feature.
        public var featureLabel: @Sendable (FeatureID) -> String?
        /// Whether a program made it.
        public var labelIsAutomatic: @Sendable (FeatureID) -> Bool
        /// How many tokens the model has; numbers behind them are custom targets.
        public var vocabularySize: Int?

        /// Describes where a graph comes from.
        public init(
            slug: GraphSlug, scan: String, prompt: String, layerCount: Int,
            tokenText: @escaping @Sendable (Int) -> String,
            featureLabel: @escaping @Sendable (FeatureID) -> String? = { _ in nil },
            labelIsAutomatic: @escaping @Sendable (FeatureID) -> Bool = { _ in false }, vocabularySize: Int? = nil
        ) {
            self.slug = slug
            self.scan = scan
            self.prompt = prompt
            self.layerCount = layerCount
            self.tokenText = tokenText
            self.featureLabel = featureLabel
            self.labelIsAutomatic = labelIsAutomatic
            self.vocabularySize = vocabularySize
        }
    }

    /// Describes a stored graph.
    ///
    /// Features and errors without an edge are left out.
    /// - Parameter includesBias: whether to add a node at position 0 for the biases, with its edges. It is added only
    ///   when there are such edges, and has no influence of its own.
    public init(_ graph: SparseGraph, context: Context, includesBias: Bool = true) {
        let names = graph.nodes.map { graph.exportName(of: $0.id, layerCount: context.layerCount) }
        var connected = [Bool](repeating: false, count: graph.nodes.count)
        for edge in graph.edges {
            connected[edge.source] = true
            connected[edge.target] = true
        }
        for (index, node) in graph.nodes.enumerated() where node.id.isAlwaysExported { connected[index] = true }

        var links = graph.edges.map { edge in
            Link(source: names[edge.source], target: names[edge.target], weight: edge.weight)
        }
        var nodes: [Node] = []
        for (index, node) in graph.nodes.enumerated() where connected[index] {
            nodes.append(graph.exportNode(node, name: names[index], context: context))
        }
        if includesBias {
            let bias = GraphNodeName.bias(position: 0)
            let biasLinks = zip(graph.nodes, names).enumerated().compactMap { index, pair -> Link? in
                guard connected[index], pair.0.biasInput != 0 else { return nil }
                return Link(source: bias, target: pair.1, weight: pair.0.biasInput)
            }
            if !biasLinks.isEmpty { nodes.append(Node(name: bias, label: "Biases")) }
            links += biasLinks
        }
        self.init(
            metadata: Metadata(
                slug: context.slug.description, scan: context.scan, promptTokens: graph.tokens.map(context.tokenText),
                prompt: context.prompt, nodeThreshold: graph.nodeThreshold, edgeThreshold: graph.edgeThreshold),
            nodes: nodes, links: links)
        if graph.targets.contains(where: { $0.custom != nil }) { metadata.vocabularySize = context.vocabularySize }
    }
}

extension GraphDocument.Node {
    /// What viewers show of a logit: they split it at "(p=" and take what stands between the first quotes.
    static func logitLabel(_ text: String, probability: Float) -> String {
        "Output \"\(text)\" (p=\(String(format: "%.3f", Double(probability))))"
    }
}

extension NodeID {
    fileprivate var isAlwaysExported: Bool {
        switch self {
        case .token, .logit: true
        case .feature, .error, .bias: false
        }
    }
}

extension SparseGraph {
    fileprivate func exportName(of id: NodeID, layerCount: Int) -> GraphNodeName {
        switch id {
        case .feature(let layer, let position, let index):
            .feature(FeatureID(layer: layer, index: index), position: position)
        case .error(let layer, let position): .error(layer: layer, position: position)
        case .token(let position): .token(tokens[position], position: position)
        case .logit(let ordinal):
            .logit(token: targets[ordinal].token, layer: layerCount + 1, position: targets[ordinal].position)
        case .bias: .bias(position: 0)
        }
    }

    fileprivate func exportNode(
        _ node: Node, name: GraphNodeName, context: GraphDocument.Context
    ) -> GraphDocument.Node {
        switch node.id {
        case .feature(let layer, _, let index):
            let feature = FeatureID(layer: layer, index: index)
            var exported = GraphDocument.Node(
                name: name, label: context.featureLabel(feature) ?? "", influence: node.cumulativeInfluence,
                activation: node.activation)
            exported.labelIsAutomatic = !exported.label.isEmpty && context.labelIsAutomatic(feature)
            return exported
        case .logit(let ordinal):
            let target = targets[ordinal]
            // Viewers split a logit's label at "(p=" and take what stands between the first quotes.
            let said = target.name(tokenText: context.tokenText)
            let text = target.custom == nil ? said : said.replacing("\"", with: "'")
            return GraphDocument.Node(
                name: name, tokenProbability: target.probability, isTargetLogit: ordinal == 0,
                label: GraphDocument.Node.logitLabel(text, probability: target.probability))
        case .error, .token, .bias:
            return GraphDocument.Node(name: name, influence: node.cumulativeInfluence)
        }
    }
}
