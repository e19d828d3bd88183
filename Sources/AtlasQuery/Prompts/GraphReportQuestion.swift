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
    public func storedGraph(ofPrompt id: Int) throws -> (text: String, graph: SparseGraph) {
        try ask("reading a graph") { db in
            let overview = try requirePrompt(id, db)
            return try (overview["text"], storedGraph(of: id, withEffects: true, db))
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
        let pruned = graph.pruned(nodeThreshold: view.nodeThreshold, edgeThreshold: view.edgeThreshold)
        let shown = pruned.mostInfluential(view.nodeLimit)
        var place = [Int](repeating: -1, count: pruned.nodes.count)
        for (new, old) in shown.enumerated() { place[old] = new }
        let between = pruned.edges.filter { place[$0.source] >= 0 && place[$0.target] >= 0 }
        let edges = pruned.passingOnMost(view.edgeLimit, of: between)
        return try ask("describing a graph") { db in
            GraphReport(
                prompt: prompt, text: text, tokens: graph.tokens.map { .init(token: $0, text: self.text(of: $0)) },
                layerCount: atlas.identity.layerCount, nodeThreshold: pruned.nodeThreshold,
                edgeThreshold: pruned.edgeThreshold, storedNodeCount: graph.nodes.count,
                storedEdgeCount: graph.edges.count, scores: graph.scores,
                targets: graph.targets.map(target), gap: gapReport(graph),
                nodes: try shown.map { try describe($0, of: pruned, db) },
                edges: edges.map { edge in
                    GraphReport.Edge(
                        source: place[edge.source], target: place[edge.target], weight: Double(edge.weight),
                        share: pruned.share(edge))
                },
                omitted: .init(
                    nodes: pruned.nodes.count - shown.count, edges: pruned.edges.count - edges.count))
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
        guard let index = graph.nodes.indices.first(where: { self.name(of: graph.nodes[$0].id, in: graph) == name })
        else {
            throw QuestionError.unknownGraphNode(
                name: name,
                nearest: NearestNames.of(name, among: graph.nodes.map { self.name(of: $0.id, in: graph) }))
        }
        func strongest(_ edges: [SparseGraph.Edge]) -> ArraySlice<SparseGraph.Edge> {
            edges.enumerated().sorted {
                ($1.element.weight.magnitude, $0.offset) < ($0.element.weight.magnitude, $1.offset)
            }.map(\.element).dropFirst(offset).prefix(limit)
        }
        let inputs = graph.edges.filter { $0.target == index }
        let outputs = graph.edges.filter { $0.source == index }
        return try ask("describing a node") { db in
            func link(_ edge: SparseGraph.Edge, to end: Int) throws -> GraphNodeReport.Link {
                GraphNodeReport.Link(
                    node: try describe(end, of: graph, db), weight: Double(edge.weight),
                    share: graph.share(edge))
            }
            return GraphNodeReport(
                node: try describe(index, of: graph, db),
                inputs: try strongest(inputs).map { try link($0, to: $0.source) }, inputCount: inputs.count,
                outputs: try strongest(outputs).map { try link($0, to: $0.target) }, outputCount: outputs.count)
        }
    }

    private func target(_ target: LogitTarget) -> PromptReport.Target {
        PromptReport.Target(
            token: target.token, text: target.name(tokenText: text(of:)), kind: target.target.kind,
            probability: Double(target.probability), position: target.position)
    }

    private func name(of node: NodeID, in graph: SparseGraph) -> String {
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
            id: name(of: node.id, in: graph), kind: kind, layer: layer, position: position, feature: feature,
            token: token, text: text?.shortened(to: String.nameLimit), label: label.text,
            labelIsAutomatic: label.isAutomatic,
            activation: Double(node.activation), influence: Double(node.influence),
            cumulativeInfluence: Double(node.cumulativeInfluence), inputSum: Double(node.inputSum),
            probability: probability, effects: effects)
    }
}

extension SparseGraph {
    /// The indices of the logits and of the nodes of most influence, `limit` in all, in graph order.
    fileprivate func mostInfluential(_ limit: Int) -> [Int] {
        guard nodes.count > limit else { return Array(nodes.indices) }
        func rank(_ index: Int) -> Float {
            if case .logit = nodes[index].id { .infinity } else { nodes[index].influence }
        }
        return nodes.indices.sorted { (rank($1), $0) < (rank($0), $1) }.prefix(limit).sorted()
    }

    /// Those of `edges` that carry most of the targets' influence, `limit` at most, in their order.
    fileprivate func passingOnMost(_ limit: Int, of edges: [Edge]) -> [Edge] {
        guard edges.count > limit else { return edges }
        let scores = edges.map { edge in
            let own: Double
            if case .logit(let ordinal) = nodes[edge.target].id {
                own = Double(targets[ordinal].probability)
            } else {
                own = Double(nodes[edge.target].influence)
            }
            return own * share(edge)
        }
        return edges.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(limit).sorted().map { edges[$0] }
    }

    /// An edge's absolute weight as a share of all its target's absolute inputs before pruning.
    fileprivate func share(_ edge: Edge) -> Double {
        let sum = Double(nodes[edge.target].inputSum)
        return sum > 0 ? Double(edge.weight.magnitude) / sum : 0
    }
}
