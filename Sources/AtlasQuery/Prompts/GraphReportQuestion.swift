import AtlasStore
import Circuits
import GRDB

/// A graph as it is shown, at any thresholds, with labels.
extension AtlasReader {
    /// The part of a stored prompt's graph that `view` asks for.
    public func graphReport(ofPrompt id: Int, view: GraphView = GraphView()) throws -> GraphReport {
        let stored = try storedGraph(ofPrompt: id)
        return try graphReport(of: stored.graph, text: stored.text, prompt: id, view: view)
    }

    /// A stored prompt's text and graph; reading a large one takes longer than showing it, so that callers keep it.
    ///
    /// - Parameter withHeads: whether through which heads its edges go is read too, as much again to unpack
    public func storedGraph(
        ofPrompt id: Int, withHeads: Bool = false
    ) throws -> (text: String, graph: SparseGraph) {
        try ask("reading a graph") { db in
            let overview = try requirePrompt(id, db)
            return try (overview["text"], storedGraph(of: id, withEffects: true, withHeads: withHeads, db))
        }
    }

    /// The part of any graph of this atlas's replacement model that `view` asks for.
    ///
    /// - Parameters:
    ///   - text: the prompt
    ///   - prompt: its id, where it is stored
    public func graphReport(
        of graph: SparseGraph, text: String, prompt: Int? = nil, view: GraphView = GraphView()
    ) throws -> GraphReport {
        let part = ShownPart(of: graph, view)
        let pruned = part.pruned
        return try ask("describing a graph") { db in
            GraphReport(
                prompt: prompt, text: text, tokens: graph.tokens.map { .init(token: $0, text: self.text(of: $0)) },
                layerCount: atlas.identity.layerCount, nodeThreshold: pruned.nodeThreshold,
                edgeThreshold: pruned.edgeThreshold, storedNodeCount: graph.nodes.count,
                storedEdgeCount: graph.edges.count, scores: graph.scores,
                targets: graph.targets.map(target), gap: gapReport(graph),
                nodes: try part.nodes.map { try describe($0, of: pruned, db) },
                edges: part.edges.map { place in
                    let edge = pruned.edges[place]
                    return GraphReport.Edge(
                        source: part.place[edge.source], target: part.place[edge.target], weight: Double(edge.weight),
                        share: pruned.share(edge))
                },
                omitted: .init(
                    nodes: pruned.nodes.count - part.nodes.count, edges: pruned.edges.count - part.edges.count))
        }
    }

    /// Everything stored that feeds a node of a graph and that it feeds.
    ///
    /// - Parameters:
    ///   - name: the node's id in a ``GraphReport``
    ///   - limit: how many inputs and how many outputs are told
    ///   - offset: how many of each are left out before them
    public func graphNode(
        _ name: String, of graph: SparseGraph, limit: Int = 50, offset: Int = 0
    ) throws -> GraphNodeReport {
        guard let index = graph.nodes.indices.first(where: { graphID(of: graph.nodes[$0].id, in: graph) == name })
        else {
            throw QuestionError.unknownGraphNode(
                name: name,
                nearest: NearestNames.of(name, among: graph.nodes.map { graphID(of: $0.id, in: graph) }))
        }
        func strongest(_ edges: [Int]) -> ArraySlice<Int> {
            edges.sorted {
                (graph.edges[$1].weight.magnitude, $0) < (graph.edges[$0].weight.magnitude, $1)
            }.dropFirst(offset).prefix(limit)
        }
        let inputs = graph.edges.indices.filter { graph.edges[$0].target == index }
        let outputs = graph.edges.indices.filter { graph.edges[$0].source == index }
        return try ask("describing a node") { db in
            func link(_ place: Int, to end: Int) throws -> GraphNodeReport.Link {
                let edge = graph.edges[place]
                return GraphNodeReport.Link(
                    node: try describe(end, of: graph, db), weight: Double(edge.weight), share: graph.share(edge),
                    heads: graph.heads.map { EdgeHeadsReport.loadings($0, ofEdge: place) },
                    rest: graph.heads.map { Double($0.rests[place]) })
            }
            return GraphNodeReport(
                node: try describe(index, of: graph, db),
                inputs: try strongest(inputs).map { try link($0, to: graph.edges[$0].source) },
                inputCount: inputs.count,
                outputs: try strongest(outputs).map { try link($0, to: graph.edges[$0].target) },
                outputCount: outputs.count)
        }
    }

    private func target(_ target: LogitTarget) -> PromptReport.Target {
        PromptReport.Target(
            token: target.token, text: target.name(tokenText: text(of:)), kind: target.target.kind,
            probability: Double(target.probability), position: target.position)
    }

    /// A node's id in a ``GraphReport``.
    func graphID(of node: NodeID, in graph: SparseGraph) -> String {
        switch node {
        case .feature(let layer, let position, let index): "\(layer)_\(index)_\(position)"
        case .error(let layer, let position): "\(layer)_-1_\(position)"
        case .token(let position): "E_\(graph.tokens[position])_\(position)"
        case .logit(let ordinal):
            "\(atlas.identity.layerCount + 1)_\(graph.targets[ordinal].token)_\(graph.targets[ordinal].position)"
        case .bias: "B_0_0"
        }
    }

    private func describe(_ index: Int, of graph: SparseGraph, _ db: Database) throws -> GraphReport.Node {
        let node = graph.nodes[index]
        var effects = graph.effects.map { EffectReport($0, node: index) }
        var kind = "feature"
        var layer: Int?
        var position = 0
        var feature: FeatureID?
        var token: Int?
        var text: String?
        var label: (text: String?, isAutomatic: Bool) = (nil, false)
        var probability: Double?
        switch node.id {
        case .feature(let its, let at, let index):
            layer = its
            position = at
            feature = FeatureID(layer: its, index: index)
            let its = try shownLabel(of: FeatureID(layer: its, index: index), db)
            label = (its.label?.shortened(to: String.nameLimit), its.isAutomatic)
        case .error(let its, let at):
            kind = "error"
            layer = its
            position = at
        case .token(let at):
            kind = "token"
            position = at
            token = graph.tokens[at]
            text = self.text(of: graph.tokens[at])
        case .logit(let ordinal):
            let target = graph.targets[ordinal]
            kind = "logit"
            effects = nil
            position = target.position
            token = target.token
            text = target.name(tokenText: self.text(of:))
            probability = Double(target.probability)
        case .bias:
            kind = "bias"
        }
        return GraphReport.Node(
            id: graphID(of: node.id, in: graph), kind: kind, layer: layer, position: position, feature: feature,
            token: token, text: text?.shortened(to: String.nameLimit), label: label.text,
            labelIsAutomatic: label.isAutomatic,
            activation: Double(node.activation), influence: Double(node.influence),
            cumulativeInfluence: Double(node.cumulativeInfluence), inputSum: Double(node.inputSum),
            probability: probability, effects: effects)
    }
}

extension SparseGraph {
    /// An edge's absolute weight as a share of all its target's absolute inputs before pruning.
    func share(_ edge: Edge) -> Double {
        let sum = Double(nodes[edge.target].inputSum)
        return sum > 0 ? Double(edge.weight.magnitude) / sum : 0
    }
}
