import AtlasExport
import Circuits

/// The links of a graph file as an atlas stores edges.
struct ImportedEdges {
    /// The largest magnitude of a weight or an activation; sums of those stay finite.
    static let largestMagnitude: Float = 1e18

    /// By target, then source; links of weight 0 left out.
    let edges: [SparseGraph.Edge]
    /// What the bias node adds to nodes.
    let bias: [Int: Float]

    /// Checks and orders links.
    ///
    /// - Parameters:
    ///   - places: the places of nodes in the atlas's order
    ///   - place: what errors call the file
    init(_ links: [GraphDocument.Link], places: [GraphNodeName: Int], place: String) throws(ExportError) {
        var edges: [SparseGraph.Edge] = []
        var bias: [Int: Float] = [:]
        for (index, link) in links.enumerated() {
            func fault(_ expected: String, _ found: String) -> ExportError {
                ExportError(place: "\(place), links[\(index)]", expected: expected, found: found)
            }
            guard link.weight.magnitude <= Self.largestMagnitude else {
                throw fault(
                    "a weight of at most \(Self.largestMagnitude)", link.weight.isNaN ? "none" : "\(link.weight)")
            }
            guard let target = places[link.target], link.target.readsFrom(link.source) else {
                throw fault("a link to a later layer and no earlier position", "\(link.source.id) to \(link.target.id)")
            }
            if case .bias = link.source {
                guard bias.updateValue(link.weight, forKey: target) == nil else {
                    throw fault("each link once", "\(link.source.id) to \(link.target.id) twice")
                }
            } else if let source = places[link.source], link.weight != 0 {
                edges.append(SparseGraph.Edge(target: target, source: source, weight: link.weight))
            }
        }
        edges.sort { ($0.target, $0.source) < ($1.target, $1.source) }
        for (first, second) in zip(edges, edges.dropFirst())
        where first.target == second.target && first.source == second.source {
            throw ExportError(
                place: "\(place), links", expected: "each link once",
                found: "one twice, of weights \(first.weight) and \(second.weight)")
        }
        self.edges = edges
        self.bias = bias
    }
}

extension GraphNodeName {
    /// Whether an edge can lead here from `source`: what is computed reads earlier layers at no later position.
    fileprivate func readsFrom(_ source: GraphNodeName) -> Bool {
        let layer: Int
        switch self {
        case .feature(let feature, _): layer = feature.layer
        case .logit: layer = .max
        case .error, .token, .bias: return false
        }
        switch source {
        case .feature(let feature, let position): return feature.layer < layer && position <= self.position
        case .error(let below, let position): return below < layer && position <= self.position
        case .token(_, let position): return position <= self.position
        case .bias: return true
        case .logit: return false
        }
    }
}
