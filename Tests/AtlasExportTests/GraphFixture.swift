import Circuits
import Foundation

@testable import AtlasExport

/// The graph that the reference implementation wrote; its README lies beside it.
let referenceGraphFile = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("AttributionTests/Golden/llama-clt_relu/graph/reference.json")

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: url.appendingPathComponent(path), encoding: .utf8)
    }
}

extension SparseGraph {
    /// The graph a document was made from, as far as the document tells.
    init(reading document: GraphDocument) {
        var targets: [LogitTarget] = []
        var tokens: [Int] = []
        var nodes: [Node] = []
        for node in document.nodes {
            let id: NodeID
            switch node.name {
            case .feature(let feature, let position):
                id = .feature(layer: feature.layer, position: position, index: feature.index)
            case .error(let layer, let position): id = .error(layer: layer, position: position)
            case .token(let token, let position):
                tokens.append(token)
                id = .token(position: position)
            case .logit(let token, _, let position):
                id = .logit(ordinal: targets.count)
                targets.append(LogitTarget(token: token, probability: node.tokenProbability, position: position))
            case .bias: continue
            }
            nodes.append(
                Node(
                    id: id, activation: node.activation ?? 0, influence: 0,
                    cumulativeInfluence: node.influence ?? 0, inputSum: 0, biasInput: 0))
        }
        let order = Dictionary(uniqueKeysWithValues: zip(document.nodes.map(\.name), 0...))
        self.init(
            tokens: tokens, targets: targets, nodes: nodes, targetInfluence: [],
            edges: document.links.map {
                Edge(target: order[$0.target]!, source: order[$0.source]!, weight: $0.weight)
            },
            scores: GraphScores(replacement: 1, completeness: 1), activeFeatureCount: 0, selectedFeatureCount: 0,
            largestViolation: 0, nodeThreshold: 0.8, edgeThreshold: 0.98)
    }

    /// Three tokens, two features and an error, all connected; layer 0 has an error where a feature fires.
    static func small(featureBias: Float = 0.25) -> SparseGraph {
        func node(_ id: NodeID, activation: Float = 0, biasInput: Float = 0) -> Node {
            Node(
                id: id, activation: activation, influence: 0.1, cumulativeInfluence: 0.5, inputSum: 1,
                biasInput: biasInput)
        }
        return SparseGraph(
            tokens: [0, 7, 9], targets: [LogitTarget(token: 5, probability: 0.1234, position: 2)],
            nodes: [
                node(.feature(layer: 0, position: 2, index: 0), activation: 1.5, biasInput: featureBias),
                node(.feature(layer: 1, position: 2, index: 3), activation: 2),
                node(.feature(layer: 1, position: 2, index: 4), activation: 2, biasInput: 1),
                node(.error(layer: 0, position: 2)), node(.token(position: 0)), node(.token(position: 1)),
                node(.token(position: 2)), node(.logit(ordinal: 0)),
            ], targetInfluence: [],
            edges: [
                Edge(target: 0, source: 5, weight: 0.5), Edge(target: 1, source: 0, weight: -0.25),
                Edge(target: 7, source: 1, weight: 1), Edge(target: 7, source: 3, weight: .nan),
            ], scores: GraphScores(replacement: 1, completeness: 1), activeFeatureCount: 3, selectedFeatureCount: 3,
            largestViolation: 0, nodeThreshold: 0.8, edgeThreshold: 0.98)
    }
}

extension GraphDocument.Context {
    /// A context for four layers whose tokens are called `t0`, `t1`, ….
    static func named(_ slug: String) throws -> GraphDocument.Context {
        GraphDocument.Context(
            slug: try GraphSlug(slug), scan: "set", prompt: "a \"prompt\"", layerCount: 4, tokenText: { "t\($0)" },
            featureLabel: { $0.layer == 1 ? "label \($0)" : nil })
    }
}
