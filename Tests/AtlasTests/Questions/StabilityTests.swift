import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

@Suite("stable")
struct StabilityTests {
    private static let grid = StabilityGrid(nodeThresholds: [0.3, 0.6, 0.85], edgeThresholds: [0.5, 0.8, 0.9])

    @Test func `a prompt's nodes and edges are kept by the settings whose pruning has them`() throws {
        let fixture = try QueryFixture(count: 12)
        let prompt = try fixture.reader.prompts(where: .all)[3]
        let report = try fixture.reader.stability(ofPrompt: prompt, grid: Self.grid)
        let graph = try fixture.reader.graph(ofPrompt: prompt)
        var features: [String: Int] = [:]
        var weights: [Double: Int] = [:]
        for node in [0.3, 0.6, 0.85] {
            for edge in [0.5, 0.8, 0.9] {
                let pruned = graph.pruned(nodeThreshold: node, edgeThreshold: edge)
                for node in pruned.nodes {
                    guard case .feature(let layer, let position, let index) = node.id else { continue }
                    features["\(layer)/\(index)@\(position)", default: 0] += 1
                }
                for edge in pruned.edges { weights[Double(edge.weight), default: 0] += 1 }
            }
        }
        for node in report.nodes {
            guard let feature = node.node.feature else { continue }
            #expect(node.kept == Double(features["\(feature)@\(node.position!)"] ?? 0) / 9)
        }
        // Stored weights are rounded, so that some may be equal: their counts are compared together.
        var found: [Double: Double] = [:]
        for edge in report.edges { found[edge.weight, default: 0] += edge.kept }
        #expect(report.edges.count == graph.edges.count)
        for (weight, kept) in found { #expect(abs(kept - Double(weights[weight] ?? 0) / 9) < 1e-9) }
    }

    @Test func `settings wider than those a graph was stored with are left out`() throws {
        let fixture = try QueryFixture(count: 6)
        let prompt = try fixture.reader.prompts(where: .all)[0]
        let report = try fixture.reader.stability(ofPrompt: prompt)
        #expect(report.grid.nodeThresholds.last == 0.9 && report.grid.edgeThresholds.last == 0.95)
    }

    @Test func `a circuit's nodes and edges are kept by the settings whose circuits have them`() throws {
        let fixture = try QueryFixture()
        let report = try fixture.reader.stability(
            ofCircuit: .token(3), options: CircuitOptions(size: 10), grid: Self.grid)
        var nodes: [NodeName: Int] = [:]
        var edges: [[NodeName]: Int] = [:]
        for node in [0.3, 0.6, 0.85] {
            for edge in [0.5, 0.8, 0.9] {
                var options = CircuitOptions(size: 10)
                options.nodeThreshold = node
                options.edgeThreshold = edge
                let circuit = try fixture.reader.circuit(from: .token(3), options: options)
                for node in circuit.nodes { nodes[node.node, default: 0] += 1 }
                for edge in circuit.edges {
                    edges[[circuit.nodes[edge.source].node, circuit.nodes[edge.target].node], default: 0] += 1
                }
            }
        }
        #expect(report.nodes.contains { $0.kept > 0 && $0.kept < 1 })
        for node in report.nodes { #expect(node.kept == Double(nodes[node.node] ?? 0) / 9) }
        for edge in report.edges { #expect(edge.kept == Double(edges[[edge.source, edge.target]] ?? 0) / 9) }
    }

    @Test func `an edge between two features is looked for in every graph where both fire`() throws {
        let fixture = try QueryFixture()
        let (source, target) = (FeatureID(layer: 0, index: 1), FeatureID(layer: 2, index: 5))
        let report = try fixture.reader.stability(ofEdge: source, to: target, grid: Self.grid)
        func has(_ graph: SparseGraph) -> Bool {
            graph.edges.contains { edge in
                graph.nodes[edge.source].id.feature == source && graph.nodes[edge.target].id.feature == target
            }
        }
        var (both, shares) = (0, [Double]())
        for prompt in try fixture.reader.prompts(where: .all) {
            let graph = try fixture.reader.graph(ofPrompt: prompt)
            let firing = try [source, target].allSatisfy { feature in
                try fixture.reader.firings(of: feature).contains { $0.promptID == prompt }
            }
            guard firing else { continue }
            both += 1
            guard has(graph) else { continue }
            var kept = 0
            Self.grid.forEach { kept += has(graph.pruned(nodeThreshold: $0, edgeThreshold: $1)) ? 1 : 0 }
            shares.append(Double(kept) / 9)
        }
        #expect(report.promptCount == both && report.storedCount == shares.count && !shares.isEmpty)
        #expect(agree(report.kept, shares.reduce(0, +) / Double(shares.count)))
        #expect(report.alwaysCount == shares.count { $0 == 1 })
    }
}
