import AtlasStore
import Circuits
import GRDB

/// Whether a node or an edge hangs on the thresholds of pruning.
extension AtlasReader {
    static let canonicalAttributedPrompts = """
        SELECT p.id FROM prompts p JOIN graphs g ON g.prompt_id = p.id ORDER BY p.content_hash
        """

    /// Prunes a prompt's stored graph with every setting of a grid.
    ///
    /// Settings wider than those that the graph was stored with are left out: nothing is known of them.
    public func stability(ofPrompt id: Int, grid: StabilityGrid = .standard) throws -> StabilityReport {
        try ask("asking what survives pruning") { db in
            _ = try requirePrompt(id, db)
            let graph = try storedGraph(of: id, db)
            let stability = Stability(graph, grid: grid)
            let names = graph.nodes.map { name(of: $0.id, in: graph) }
            let positions = graph.nodes.map { $0.id.position(in: graph.targets) }
            let nodes = try graph.nodes.indices.compactMap { index -> StabilityReport.Node? in
                switch graph.nodes[index].id {
                case .token, .logit, .bias: return nil
                case .feature, .error:
                    return StabilityReport.Node(
                        node: names[index], position: positions[index],
                        label: try names[index].feature.flatMap { try shownLabel(of: $0, db).label },
                        influence: Double(graph.nodes[index].influence), kept: stability.nodes[index])
                }
            }
            let edges = graph.edges.indices.map { index in
                let edge = graph.edges[index]
                return StabilityReport.Edge(
                    source: names[edge.source], sourcePosition: positions[edge.source], target: names[edge.target],
                    targetPosition: positions[edge.target], weight: Double(edge.weight), kept: stability.edges[index])
            }
            return StabilityReport(
                name: "prompt \(id)", prompt: id, grid: stability.grid, nodes: Self.ranked(nodes),
                edges: Self.ranked(edges))
        }
    }

    /// Prunes the circuit that is grown from a seed with every setting of a grid; the options' own thresholds are not
    /// looked at.
    public func stability(
        ofCircuit seed: CircuitSeed, options: CircuitOptions = CircuitOptions(), grid: StabilityGrid = .standard
    ) throws -> StabilityReport {
        try ask("asking what survives pruning") { db in
            try requireDerivation(db)
            let grown = try GrownCircuit(try circuitBasis(seed, options: options, db), options: options, db)
            let whole = grown.pruned(nodeThreshold: 1, edgeThreshold: 1)
            let stability = Stability(
                grown.growth, whole: whole, outlying: grown.errors, grid: grid,
                isAlwaysKept: GrownCircuit.isAlwaysKept)
            let name = try name(of: seed, db)
            func node(_ key: NodeKey) -> NodeName {
                key == CircuitEdges.groupLogits
                    ? NodeName(kind: "logit", text: name) : NodeName(key, vocabulary: atlas.identity.vocabulary)
            }
            let nodes = try whole.nodes.enumerated().compactMap { index, key -> StabilityReport.Node? in
                guard index > 0, key.kind != .token else { return nil }
                return StabilityReport.Node(
                    node: node(key), position: nil, label: try key.feature.flatMap { try shownLabel(of: $0, db).label },
                    influence: grown.growth.influence(of: key), kept: stability.nodes[index])
            }
            let edges = whole.edges.enumerated().map { index, edge in
                StabilityReport.Edge(
                    source: node(edge.source), sourcePosition: nil, target: node(edge.target), targetPosition: nil,
                    weight: grown.total(edge).mean, kept: stability.edges[index])
            }
            return StabilityReport(
                name: name, prompt: nil, grid: grid, nodes: Self.ranked(nodes), edges: Self.ranked(edges))
        }
    }

    /// How often an edge between two features survives, over the stored graphs of prompts where both fire.
    ///
    /// - Parameter limit: how many graphs are looked at, the first in canonical order
    public func stability(
        ofEdge source: FeatureID, to target: FeatureID, grid: StabilityGrid = .standard, limit: Int = 200
    ) throws -> EdgeStabilityReport {
        try ask("asking how often an edge survives pruning") { db in
            try requireFired(source, db)
            try requireFired(target, db)
            let both = Set(try firings(of: source, db).map(\.promptID))
                .intersection(try firings(of: target, db).map(\.promptID))
            let prompts = try Int.fetchAll(db, sql: Self.canonicalAttributedPrompts).filter(both.contains)
            var (stored, always, sum) = (0, 0, 0.0)
            var used = grid
            for prompt in prompts.prefix(limit) {
                let graph = try storedGraph(of: prompt, db)
                guard Self.hasEdge(graph, source, target) else { continue }
                let grid = grid.within(node: graph.nodeThreshold, edge: graph.edgeThreshold)
                used = grid
                var kept = 0
                grid.forEach { node, edge in
                    kept += Self.hasEdge(graph.pruned(nodeThreshold: node, edgeThreshold: edge), source, target) ? 1 : 0
                }
                stored += 1
                always += kept == grid.count ? 1 : 0
                sum += Double(kept) / Double(grid.count)
            }
            return EdgeStabilityReport(
                source: source, target: target, promptCount: prompts.count,
                examinedCount: min(limit, prompts.count), storedCount: stored, grid: used,
                kept: stored > 0 ? sum / Double(stored) : 0, alwaysCount: always)
        }
    }

    private static func hasEdge(_ graph: SparseGraph, _ source: FeatureID, _ target: FeatureID) -> Bool {
        graph.edges.contains { edge in
            graph.nodes[edge.source].id.feature == source && graph.nodes[edge.target].id.feature == target
        }
    }

    private static func ranked(_ nodes: [StabilityReport.Node]) -> [StabilityReport.Node] {
        nodes.enumerated().sorted { ($1.element.influence, $0.offset) < ($0.element.influence, $1.offset) }
            .map(\.element)
    }

    private static func ranked(_ edges: [StabilityReport.Edge]) -> [StabilityReport.Edge] {
        edges.enumerated().sorted {
            ($1.element.kept, $1.element.weight.magnitude, $0.offset)
                < ($0.element.kept, $0.element.weight.magnitude, $1.offset)
        }.map(\.element)
    }

    private func name(of id: NodeID, in graph: SparseGraph) -> NodeName {
        if case .logit(let ordinal) = id, graph.targets[ordinal].custom != nil {
            return NodeName(kind: "logit", text: graph.targets[ordinal].name(tokenText: text(of:)))
        }
        return NodeName(
            NodeKey(id, tokens: graph.tokens, targets: graph.targets)!, vocabulary: atlas.identity.vocabulary)
    }
}
