import Circuits
import Foundation
import Tensors
import Testing

@testable import Attribution

@Suite struct precisions {
    /// The largest difference of two graphs' edges beside the largest edge.
    private func difference(_ graph: AttributionGraph, _ other: AttributionGraph) throws -> Float {
        let largest = try #require(other.weights.map(abs).max())
        return try #require(zip(graph.weights, other.weights).map { abs($0 - $1) }.max()) / largest
    }

    @Test(arguments: [8, 300])
    func `rounded products change a graph by what rounding may, and nothing else of it`(length: Int) throws {
        // Learned positions end where the model's do.
        let cases = RandomReplacement.all.filter { length == 8 || $0.0.shapes["wpe.weight"] == nil }
        var roundedCount = 0
        for (index, (model, wiring)) in cases.enumerated() where index % (length == 8 ? 4 : 9) == 0 {
            var model = model
            model.configuration["max_position_embeddings"] = 600
            let replacement = try RandomReplacement(model, wiring, length: length)
            let limit = length == 8 ? nil : 20
            func graph(_ precision: ProductPrecision, keptDecoders: Int? = nil) throws -> AttributionGraph {
                var options = AttributionOptions(maximumFeatureNodes: limit, precision: precision)
                options.maximumLogits = 3
                var attributor = replacement.attributor
                if let keptDecoders { attributor.memory.keptDecoders = keptDecoders }
                return try attributor.attribute(replacement.tokens, options: options, jobs: 2).graph
            }
            let exact = try graph(.float32)
            let (pairs, rounded) = (try graph(.bfloat16x3), try graph(.bfloat16))
            for other in [pairs, rounded] {
                #expect(other.activeFeatures == exact.activeFeatures && other.targets == exact.targets)
                #expect(other.preActivations.sorted() == exact.preActivations.sorted() || limit != nil)
            }
            let remade = try graph(.bfloat16, keptDecoders: 0)
            #expect(remade.weights == rounded.weights, "rows that are laid out when they are wanted")
            guard pairs.selectedFeatures == exact.selectedFeatures else {
                Issue.record("\(model) \(wiring): another choice of features")
                continue
            }
            #expect(try difference(pairs, exact) < 1e-4)
            // Eight bits may choose other features where all cannot be nodes.
            guard rounded.selectedFeatures == exact.selectedFeatures else { continue }
            roundedCount += 1
            let error = try difference(rounded, exact)
            #expect(error < 0.05 && error > 1e-5)
        }
        #expect(roundedCount > 0)
    }

    @Test func `what earlier programs recorded is read, and written as they wrote it`() throws {
        let recorded = #"""
            {"batchSize":512,"desiredLogitProbability":0.95,"maximumFeatureNodes":7,"maximumLogits":10,"positions":[],\#
            "targets":[],"updateInterval":4}
            """#
        let options = try JSONDecoder().decode(AttributionOptions.self, from: Data(recorded.utf8))
        #expect(options == AttributionOptions(maximumFeatureNodes: 7))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(options), as: UTF8.self) == recorded)
        let rounded = AttributionOptions(maximumFeatureNodes: 7, precision: .bfloat16x3)
        let data = try encoder.encode(rounded)
        #expect(String(decoding: data, as: UTF8.self).contains(#""precision":"bf16x3""#))
        #expect(try JSONDecoder().decode(AttributionOptions.self, from: data) == rounded)
    }
}
