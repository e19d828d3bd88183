import Circuits
import Foundation
import Testing

@testable import AtlasStore

/// What is packed comes back, exactly or within the stated precision.
struct BlockRoundTripTests {
    @Test func `tokens come back`() throws {
        for tokens in [[], [0], [5, 262_143, 0, 7], [Int](repeating: 3, count: 1000)] {
            #expect(try TokenBlock.decode(TokenBlock.encode(tokens)) == tokens)
        }
    }

    @Test func `active features come back at their places`() throws {
        for facts in RandomFacts.prompts(20) {
            let decoded = try ActivationBlock.decode(ActivationBlock.encode(facts.activations))
            #expect(
                decoded.map { [$0.layer, $0.position, $0.index] }
                    == facts.activations.map { [$0.layer, $0.position, $0.index] })
        }
    }

    @Test func `no active features come back as none`() throws {
        #expect(try ActivationBlock.decode(ActivationBlock.encode([])) == [])
    }

    @Test func `an activation of any magnitude comes back within a thousandth`() throws {
        var generator = SeededNumbers(seed: 3)
        let features = (0..<4000).map { index in
            let magnitude =
                Float.random(in: 1...2, using: &generator)
                * Float(sign: .plus, exponent: Int.random(in: -60...60, using: &generator), significand: 1)
            return ActiveFeature(
                layer: 0, position: 0, index: index, activation: index % 2 == 0 ? magnitude : -magnitude)
        }
        let decoded = try ActivationBlock.decode(ActivationBlock.encode(features))
        for (feature, found) in zip(features, decoded) {
            #expect(abs(found.activation - feature.activation) < 1e-3 * abs(feature.activation))
        }
    }

    @Test func `a rounded activation is stored exactly`() throws {
        let facts = RandomFacts.prompts(1)[0]
        let once = try ActivationBlock.decode(ActivationBlock.encode(facts.activations))
        #expect(try ActivationBlock.decode(ActivationBlock.encode(once)) == once)
        #expect(once.map(\.activation) == facts.activations.map { ActivationBlock.rounded($0.activation) })
    }

    @Test func `graph nodes come back exactly`() throws {
        let nodes = RandomFacts.prompts(1)[0].graph!.nodes
        #expect(try NodeBlock.decode(NodeBlock.encode(nodes)) == nodes)
    }

    @Test func `edges come back with weights within a thousandth`() throws {
        let graph = RandomFacts.prompts(1)[0].graph!
        let decoded = try EdgeBlock.decode(
            EdgeBlock.encode(graph.edges, nodeCount: graph.nodes.count), nodeCount: graph.nodes.count)
        #expect(decoded.map(\.source) == graph.edges.map(\.source))
        #expect(decoded.map(\.target) == graph.edges.map(\.target))
        #expect(decoded.map(\.weight) == graph.edges.map { EdgeBlock.rounded($0.weight) })
        for (edge, found) in zip(graph.edges, decoded) {
            #expect(abs(found.weight - edge.weight) <= 4.9e-4 * abs(edge.weight))
        }
    }

    @Test func `influences come back and zeros stay zeros`() throws {
        let influence = RandomFacts.prompts(1)[0].graph!.targetInfluence
        let nodeCount = influence[0].count
        let decoded = try InfluenceBlock.decode(
            InfluenceBlock.encode(influence, nodeCount: nodeCount), targetCount: influence.count, nodeCount: nodeCount)
        #expect(decoded == influence.map { $0.map(MagnitudeColumn.weights.rounded) })
    }

    @Test func `influences that are all zero come back`() throws {
        let influence = [[Float]](repeating: [0, 0, 0], count: 2)
        let decoded = try InfluenceBlock.decode(
            InfluenceBlock.encode(influence, nodeCount: 3), targetCount: 2, nodeCount: 3)
        #expect(decoded == influence)
    }

    @Test func `postings come back`() throws {
        var generator = SeededNumbers(seed: 5)
        var postings: [Posting] = []
        for feature in [3, 4, 9 << 24 | 77, 300 << 24] as [Int64] {
            for prompt in [1, 2, 900] as [Int64] {
                for position in 0..<Int.random(in: 1...9, using: &generator) {
                    let activation = MagnitudeColumn.activations.rounded(.random(in: 0.1...9, using: &generator))
                    postings.append(
                        Posting(feature: feature, prompt: prompt, position: position * 2, activation: activation))
                }
            }
        }
        #expect(try PostingBlock.decode(PostingBlock.encode(postings)) == postings)
    }

    @Test func `histograms come back`() throws {
        let counts = (0..<50).map { $0 * $0 * 1000 }
        #expect(try HistogramBlock.decode(HistogramBlock.encode(counts)) == counts)
    }

    @Test func `gaps of any size come back`() throws {
        var generator = SeededNumbers(seed: 7)
        for limit in [UInt32(1), 3, 100, 70_000, .max] {
            let values = (0..<500).map { _ in UInt32.random(in: 0...limit, using: &generator) } + [0, .max]
            var writer = BitWriter()
            GapColumn.append(values, to: &writer)
            let decoded = try Block.withBytes(of: writer.finish()) { (bytes) throws(BlockFault) in
                var reader = BitReader(bytes)
                return try GapColumn.read(values.count, from: &reader)
            }
            #expect(decoded == values.map(Int.init))
        }
    }

    /// Written out: ones of the quotient, a zero and the lowest bits, or the escape and 32 bits.
    private func bitCount(_ values: [UInt32], parameter: Int) -> Int {
        values.reduce(5) {
            $0 + ($1 >> UInt32(parameter) < 24 ? Int($1 >> UInt32(parameter)) + 1 + parameter : 24 + 32)
        }
    }

    @Test func `gaps are written in as few bits as their format can`() {
        var generator = SeededNumbers(seed: 11)
        for limit in [UInt32(0), 1, 5, 40, 3000, 1_000_000] {
            let values = (0..<300).map { _ in UInt32.random(in: 0...limit, using: &generator) }
            var writer = BitWriter()
            GapColumn.append(values, to: &writer)
            let fewest = (0...31).map { bitCount(values, parameter: $0) }.min()!
            #expect(writer.finish().count == (fewest + 7) / 8, "up to \(limit)")
        }
    }

    @Test func `each column keeps the significant bits that atlases were written with`() {
        for (column, bits) in [
            (MagnitudeColumn.activations, Float(512)), (.weights, 1024), (.loadings, 64),
        ] {
            for step in 0..<4096 {
                let value = 1 + Float(step) / 4096
                let rounded = (value * bits).rounded(.toNearestOrAwayFromZero) / bits
                #expect(column.rounded(value) == rounded && column.rounded(-value) == -rounded)
            }
        }
    }

    @Test func `an activation that is not finite is refused`() {
        let feature = ActiveFeature(layer: 0, position: 0, index: 0, activation: .nan)
        #expect(throws: BlockFault.self) { try ActivationBlock.encode([feature]) }
    }

    @Test func `active features out of order are refused`() {
        let features = [2, 1].map { ActiveFeature(layer: 0, position: 0, index: $0, activation: 1) }
        #expect(throws: BlockFault.self) { try ActivationBlock.encode(features) }
    }
}
