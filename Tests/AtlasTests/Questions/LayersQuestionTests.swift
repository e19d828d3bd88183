import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

@Suite struct `the question of layers` {
    @Test func `what fires in each layer is what the facts say`() throws {
        let fixture = try QueryFixture(count: 24)
        let report = try fixture.reader.layers()
        let prompts = fixture.oracle.prompts
        let activations = prompts.flatMap(\.activations)
        #expect(report.countedTokens == prompts.reduce(0) { $0 + $1.countedTokens })
        #expect(report.layers.map(\.layer) == Array(0..<fixture.test.atlas.identity.layerCount))
        for layer in report.layers {
            let own = activations.filter { $0.layer == layer.layer }
            let counts = Dictionary(grouping: own, by: \.index).mapValues(\.count)
            #expect(layer.firedCount == counts.count)
            #expect(layer.firedCount + layer.deadCount == fixture.test.atlas.identity.featuresPerLayer)
            #expect(layer.activeFeaturesPerToken == Double(own.count) / Double(report.countedTokens))
            #expect(layer.denseCount == counts.values.count { Double($0) > 0.1 * Double(report.countedTokens) })
            #expect(layer.labelCount == (layer.layer == QueryFixture.labelled.layer ? 1 : 0))
        }
        #expect(report.layers.contains { $0.firedCount > 0 } && report.layers.contains { $0.denseCount > 0 })
    }

    @Test func `an atlas without derived statistics refuses`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(1)])
        #expect(throws: QuestionError.self) { try AtlasReader(test.atlas).layers() }
    }
}
