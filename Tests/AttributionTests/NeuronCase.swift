import Attribution
import Circuits
import Foundation
import LanguageModels
import Safetensors
import Testing

/// One tiny model with the rows of its neurons that automatic differentiation gave; see Golden/README.md.
struct NeuronCase: CustomTestStringConvertible {
    static let names = [
        "gemma2-plt_jumprelu", "gemma3-clt_relu", "gpt2", "gptneox", "llama-plt_relu", "llama3rope-clt_jumprelu",
        "qwen3-plt_relu",
    ]

    let testDescription: String
    let model: LanguageModel
    let tokens: [Int]
    private let expected: SafetensorsFile

    init(_ name: String) throws {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/\(name)").path
        testDescription = name
        model = try LanguageModel(folder: folder + "/model")
        tokens = try integers("input_ids", in: SafetensorsFile(path: folder + "/expected.safetensors"))
        expected = try SafetensorsFile(path: folder + "/neurons.safetensors")
    }

    /// The graph over all neurons with the reference's logits as targets.
    func graph() throws -> Attributor.Result {
        let attributor = try Attributor(model: model, neurons: NeuronOptions(maximumNeurons: nil))
        let targets = try integers("logit_targets", in: expected).map { AttributionTarget.token(id: $0) }
        return try attributor.attribute(tokens, options: AttributionOptions(targets: targets), jobs: 2)
    }

    /// `[layerCount, positionCount, neuronCount]`.
    func activations() throws -> [Float] { try floats("neuron_activations", in: expected) }
    /// `[targets, layerCount * positionCount * neuronCount + positionCount]`.
    func rows() throws -> [Float] { try floats("rows", in: expected) }
    /// `[targets]`.
    func bias() throws -> [Float] { try floats("bias", in: expected) }
    /// `[targets]`.
    func values() throws -> [Float] { try floats("target_values", in: expected) }

    /// What the graph says in the reference's place: its rows, bias and values, in the reference's order.
    func found(_ graph: AttributionGraph) throws -> (rows: [Float], bias: [Float], values: [Float]) {
        let neuronCount = model.blocks[0].mlp.neuronCount
        let featureColumns = model.configuration.layerCount * tokens.count * neuronCount
        func column(_ feature: ActiveFeature) -> Int {
            (feature.layer * tokens.count + feature.position) * neuronCount + feature.index
        }
        let features = (0..<graph.layout.featureCount).map { graph.feature($0) }
        var targets: [Int] = []
        let places = try integers("targets", in: expected)
        for start in stride(from: 0, to: places.count, by: 3) {
            targets.append(
                try #require(
                    features.firstIndex {
                        $0.layer == places[start] && $0.position == places[start + 1] && $0.index == places[start + 2]
                    }))
        }
        targets += graph.layout.featureCount..<graph.layout.targetCount
        var rows: [Float] = []
        for target in targets {
            var row = [Float](repeating: 0, count: featureColumns + tokens.count)
            for (node, feature) in features.enumerated() { row[column(feature)] = graph[target: target, source: node] }
            for position in tokens.indices {
                row[featureColumns + position] =
                    graph[target: target, source: graph.layout.token(position: position)]
            }
            rows += row
        }
        return (rows, targets.map { graph.biasWeights[$0] }, targets.map { graph.preActivations[$0] })
    }
}
