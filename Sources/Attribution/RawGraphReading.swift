import Circuits
import Foundation
import Safetensors
import Texts

/// A raw graph file that was read and checked: the unpruned graph, and what the file says beside it.
///
/// It reads what ``RawGraphFile`` writes and what the Python package writes of a graph of circuit-tracer: integers as I32
/// or I64, numbers of any floating type; `logit_positions`, `bias`, `unselected` and `pre_activations` may be absent.
/// Without the last three the sums of inputs cannot be checked, and are taken to be right.
public struct RawGraphReading: Sendable {
    /// What a file is told by in its metadata.
    static let format = "feature-atlas raw graph"
    /// The version of the metadata.
    static let formatVersion = "1"

    /// The graph, its features in an atlas's order.
    public let graph: AttributionGraph
    /// What the file says of the prompt, the model and the targets.
    public let description: RawGraphDescription

    /// Reads a file.
    ///
    /// - Throws: `SafetensorsError` that names the file, the array, what was expected and what was found.
    public init(path: String) throws(SafetensorsError) {
        let file = try SafetensorsFile(path: path)
        let arrays = RawGraphArrays(file)
        let tokens = try arrays.integers("input_ids")
        let targetTokens = try arrays.integers("logit_tokens")
        let probabilities = try file.vector("logit_probabilities", count: targetTokens.count)
        let places = try arrays.integers("selected_features")
        let layers = try arrays.layerCount(
            positions: tokens.count, features: places.count, targets: targetTokens.count)
        guard !tokens.isEmpty, !targetTokens.isEmpty else {
            throw SafetensorsError(
                file: path, "expected tokens and targets, found \(tokens.count) and \(targetTokens.count)")
        }
        description = try RawGraphDescription(file, positionCount: tokens.count, targetCount: targetTokens.count)
        if let told = description.layerCount, told != layers {
            throw SafetensorsError(
                file: path, place: "adjacency", "expected \(told) layers as layer_count says, found \(layers)")
        }
        let active = try arrays.activeFeatures(layerCount: layers, positionCount: tokens.count)
        guard let outside = places.first(where: { !active.indices.contains($0) }) else {
            let order = try Self.order(places, active: active, path: path)
            let positions =
                file.tensors["logit_positions"] == nil
                ? targetTokens.map { _ in tokens.count - 1 }
                : try arrays.integers("logit_positions", count: targetTokens.count)
            try Self.check(tokens, targetTokens, positions, probabilities, path: path)
            graph = try Self.graph(
                arrays, tokens: tokens, layerCount: layers, active: order.active, selected: order.selected,
                rows: order.rows,
                targets: targetTokens.indices.map {
                    LogitTarget(token: targetTokens[$0], probability: probabilities[$0], position: positions[$0])
                })
            return
        }
        throw SafetensorsError(
            file: path, place: "selected_features", "expected places below \(active.count), found \(outside)")
    }

    /// Puts features into an atlas's order, whatever the file's is.
    ///
    /// - Returns: active features ascending; the places of the selected ones among them, ascending; and of each selected
    ///   one its place in the file
    private static func order(
        _ places: [Int], active: [ActiveFeature], path: String
    ) throws(SafetensorsError) -> (active: [ActiveFeature], selected: [Int], rows: [Int]) {
        let sorted = active.indices.sorted { active[$0] < active[$1] }
        var rank = [Int](repeating: 0, count: active.count)
        for (new, old) in sorted.enumerated() { rank[old] = new }
        for (first, second) in zip(sorted, sorted.dropFirst()) where !(active[first] < active[second]) {
            throw SafetensorsError(
                file: path, place: "active_features", "expected each once, found \(active[first]) twice")
        }
        let rows = places.indices.sorted { rank[places[$0]] < rank[places[$1]] }
        let selected = rows.map { rank[places[$0]] }
        for (first, second) in zip(selected, selected.dropFirst()) where first == second {
            throw SafetensorsError(
                file: path, place: "selected_features", "expected each place once, found \(sorted[first]) twice")
        }
        return (sorted.map { active[$0] }, selected, rows)
    }

    private static func check(
        _ tokens: [Int], _ targets: [Int], _ positions: [Int], _ probabilities: [Float], path: String
    ) throws(SafetensorsError) {
        func fault(_ place: String, _ expected: String, _ found: Any) -> SafetensorsError {
            SafetensorsError(file: path, place: place, "expected \(expected), found \(found)")
        }
        if let odd = (tokens + targets).first(where: { $0 < 0 }) {
            throw fault("input_ids, logit_tokens", "ids from 0", odd)
        }
        if let odd = positions.first(where: { !(0..<tokens.count).contains($0) }) {
            throw fault("logit_positions", "positions below \(tokens.count)", odd)
        }
        if let odd = probabilities.first(where: { !(0...1.000001).contains($0) }) {
            throw fault("logit_probabilities", "0 to 1", odd)
        }
    }

    private static func graph(
        _ arrays: RawGraphArrays, tokens: [Int], layerCount: Int, active: [ActiveFeature], selected: [Int], rows: [Int],
        targets: [LogitTarget]
    ) throws(SafetensorsError) -> AttributionGraph {
        let layout = NodeLayout(
            featureCount: selected.count, layerCount: layerCount, positionCount: tokens.count, logitCount: targets.count
        )
        // Of each node its row in the file.
        let stored = rows + Array(selected.count..<layout.nodeCount)
        let adjacency = try arrays.adjacency(
            layout, stored: stored, layers: selected.map { active[$0].layer })
        let bias = try arrays.perTarget("bias", layout, stored: stored)
        let unselected = try arrays.perTarget("unselected", layout, stored: stored)
        let all = try arrays.perTarget("pre_activations", layout, stored: stored)
        let sums = (0..<layout.targetCount).map { target in
            var sum = Double(bias?[target] ?? 0) + Double(unselected?[target] ?? 0)
            for weight in adjacency[target * layout.sourceCount..<(target + 1) * layout.sourceCount] {
                sum += Double(weight)
            }
            return Float(sum)
        }
        let none = [Float](repeating: 0, count: layout.targetCount)
        return AttributionGraph(
            tokens: tokens, layerCount: layerCount, activeFeatures: active, selectedFeatures: selected,
            targets: targets,
            weights: adjacency, biasWeights: bias ?? none, unselectedWeights: unselected ?? none,
            preActivations: bias == nil || unselected == nil ? sums : all ?? sums)
    }
}
