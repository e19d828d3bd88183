import Attribution
import Circuits
import Foundation
import Safetensors
import Testing

/// Which effects a raw graph file may hold.
struct RawGraphFileTests {
    /// Two tokens, three layers with a feature each, one target; no effects.
    private let bare: AttributionGraph

    init() {
        let layout = NodeLayout(featureCount: 3, layerCount: 3, positionCount: 2, logitCount: 1)
        let nothing = [Float](repeating: 0, count: layout.targetCount)
        bare = AttributionGraph(
            tokens: [4, 6], layerCount: 3,
            activeFeatures: (0..<3).map { ActiveFeature(layer: $0, position: 1, index: 5, activation: 1) },
            selectedFeatures: [0, 1, 2], targets: [LogitTarget(token: 7, probability: 0.5, position: 1)],
            weights: [Float](repeating: 0, count: layout.targetCount * layout.sourceCount), biasWeights: nothing,
            unselectedWeights: nothing, preActivations: nothing)
    }

    @Test func `a graph's effects are read where they lead to later layers, and refused where not`() throws {
        let path = NSTemporaryDirectory() + "raw-" + UUID().uuidString + ".safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let layout = bare.layout
        /// A node's layer: tokens are before all, the target behind all.
        func layer(_ node: Int) -> Int {
            switch bare.id(ofNode: node) {
            case .feature(let layer, _, _), .error(let layer, _): layer
            case .token, .bias: -1
            case .logit: bare.layerCount
            }
        }
        for target in 0..<layout.targetCount {
            for source in 0..<layout.sourceCount {
                var graph = bare
                graph.weights[target * layout.sourceCount + source] = 2
                try RawGraphFile(graph).write(to: path)
                if layer(source) < layer(layout.node(ofTarget: target)) {
                    #expect(try RawGraphReading(path: path).graph.weights == graph.weights)
                } else {
                    let error = #expect(throws: SafetensorsError.self) { try RawGraphReading(path: path) }
                    #expect("\(try #require(error))".contains("expected effects on later layers only"))
                }
            }
        }
    }
}
