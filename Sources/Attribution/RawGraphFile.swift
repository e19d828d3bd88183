import Circuits
import Foundation
import Safetensors

/// The unpruned result as named arrays, in the order and under the names that the field's reference data uses.
///
/// `input_ids [n]`, `active_features [N, 3]` (layer, position, index), `activation_values [N]`,
/// `selected_features [S]`, `logit_tokens [K]`, `logit_probabilities [K]`, `adjacency [M, M]` (rows are targets; order:
/// selected features, errors, tokens, logits); beside them, new here, `bias [M]`, `unselected [M]` (what features that
/// were not selected contribute) and `pre_activations [M]`, zero for nodes without inputs; `logit_positions [K]`, and in
/// the file's metadata `targets`, a JSON list of what the K targets are, tokens as `#id`, and what
/// ``RawGraphDescription`` says. ``RawGraphReading`` reads it.
public struct RawGraphFile: Sendable {
    private let graph: AttributionGraph
    private let description: RawGraphDescription

    /// Describes `graph`, with what else is known of it.
    public init(_ graph: AttributionGraph, description: RawGraphDescription = RawGraphDescription()) {
        self.graph = graph
        self.description = description
    }

    /// Writes the file in one step.
    ///
    /// - Throws: `SafetensorsError` when it cannot be written.
    public func write(to path: String) throws(SafetensorsError) {
        let layout = graph.layout
        let active = graph.activeFeatures
        var writer = SafetensorsWriter()
        writer.add("input_ids", shape: [graph.tokens.count], integers: graph.tokens)
        writer.add(
            "active_features", shape: [active.count, 3], integers: active.flatMap { [$0.layer, $0.position, $0.index] })
        writer.add("activation_values", shape: [active.count], floats: active.map(\.activation))
        writer.add("selected_features", shape: [layout.featureCount], integers: graph.selectedFeatures)
        writer.add("logit_tokens", shape: [layout.logitCount], integers: graph.targets.map(\.token))
        writer.add("logit_probabilities", shape: [layout.logitCount], floats: graph.targets.map(\.probability))
        writer.add("logit_positions", shape: [layout.logitCount], integers: graph.targets.map(\.position))
        writer.metadata = description.metadata()
        writer.metadata["targets"] = targetNames
        var adjacency = [Float](repeating: 0, count: layout.nodeCount * layout.nodeCount)
        for target in 0..<layout.targetCount {
            let row = layout.node(ofTarget: target) * layout.nodeCount
            let weights = graph.weights[target * layout.sourceCount..<(target + 1) * layout.sourceCount]
            adjacency.replaceSubrange(row..<row + layout.sourceCount, with: weights)
        }
        writer.add("adjacency", shape: [layout.nodeCount, layout.nodeCount], floats: adjacency)
        writer.add("bias", shape: [layout.nodeCount], floats: perNode(graph.biasWeights))
        writer.add("unselected", shape: [layout.nodeCount], floats: perNode(graph.unselectedWeights))
        writer.add("pre_activations", shape: [layout.nodeCount], floats: perNode(graph.preActivations))
        try writer.write(to: path)
    }

    private var targetNames: String {
        let names = graph.targets.map { $0.name { "#\($0)" } }
        guard let json = try? JSONEncoder().encode(names) else { preconditionFailure("names are text") }
        return String(decoding: json, as: UTF8.self)
    }

    private func perNode(_ values: [Float]) -> [Float] {
        let layout = graph.layout
        var result = [Float](repeating: 0, count: layout.nodeCount)
        for target in 0..<layout.targetCount { result[layout.node(ofTarget: target)] = values[target] }
        return result
    }
}
