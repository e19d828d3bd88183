import Foundation
import Testing

@testable import Attribution

@Suite struct keptDecoders {
    /// The same decoders, stored in bfloat16 or in Float32.
    private static func replacement(_ wiring: RandomReplacement.Wiring, isShort: Bool) throws -> RandomReplacement {
        let model = try #require(RandomModel.all.first { !$0.isParallel })
        return try RandomReplacement(model, wiring, length: 20) { folder in
            let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
            for file in files where file.hasSuffix(".safetensors") {
                var tensors = try StoredTensors(path: folder + "/" + file)
                tensors.shorten("W_dec", isShort: isShort)
                try tensors.write(to: folder + "/" + file)
            }
        }
    }

    private static let options = AttributionOptions(maximumFeatureNodes: 30)

    @Test(arguments: RandomReplacement.Wiring.all)
    func `a graph is the same however rows are stored and however many are kept`(
        wiring: RandomReplacement.Wiring
    ) throws {
        let usual = try Self.replacement(wiring, isShort: false)
        let expected = try usual.attributor.attribute(usual.tokens, options: Self.options)
        let rows = expected.local.decoders.rowCount * RandomModel.width
        for isShort in [false, true] {
            let replacement = try Self.replacement(wiring, isShort: isShort)
            var attributor = replacement.attributor
            for limit in [Int.max, rows, rows / 3, 0] {
                attributor.memory.keptDecoders = limit
                let found = try attributor.attribute(replacement.tokens, options: Self.options)
                #expect(found.graph.selectedFeatures == expected.graph.selectedFeatures)
                #expect(found.graph.weights == expected.graph.weights, "\(isShort) \(limit)")
                let (kept, all) = (found.local.decoders.keptRowCount, expected.local.decoders.rowCount)
                switch limit {
                case .max: #expect(kept == all)
                case 0: #expect(kept == 0)
                // A byte and a third of one for each number: half or a quarter of the rows, and less.
                default: #expect(kept > 0 && kept <= all * limit / rows / (isShort ? 2 : 4))
                }
            }
        }
    }
}
