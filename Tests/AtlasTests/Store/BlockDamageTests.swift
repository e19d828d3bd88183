import Circuits
import Foundation
import Testing

@testable import AtlasStore

/// A damaged block is an error, never a crash.
struct BlockDamageTests {
    private let graph = RandomFacts.prompts(1)[0].graph!
    private let activations = RandomFacts.prompts(1)[0].activations

    /// Each kind of block, sound, with its reader.
    private func samples() throws -> [(Data, (Data) throws -> Void)] {
        let nodeCount = graph.nodes.count
        let targetCount = graph.targets.count
        let effects = RandomFacts.effects(of: graph, answer: 3, seed: 1)
        let heads = RandomFacts.withHeads(RandomFacts.prompts(1))[0].graph!.heads!
        let postings = activations.sorted { ($0.feature, $0.position) < ($1.feature, $1.position) }.map {
            Posting(feature: NodeKey($0.feature).rawValue, prompt: 7, position: $0.position, activation: $0.activation)
        }
        return [
            (try TokenBlock.encode(graph.tokens), { _ = try TokenBlock.decode($0) }),
            (try ActivationBlock.encode(activations), { _ = try ActivationBlock.decode($0) }),
            (try NodeBlock.encode(graph.nodes), { _ = try NodeBlock.decode($0) }),
            (
                try EdgeBlock.encode(graph.edges, nodeCount: nodeCount),
                { _ = try EdgeBlock.decode($0, nodeCount: nodeCount) }
            ),
            (
                try InfluenceBlock.encode(graph.targetInfluence, nodeCount: nodeCount),
                { _ = try InfluenceBlock.decode($0, targetCount: targetCount, nodeCount: nodeCount) }
            ),
            (
                try EffectBlock.encode(effects.gradient, answerTarget: nil),
                {
                    _ = try EffectBlock.decode(
                        $0, targetCount: targetCount, nodeCount: nodeCount, answerTarget: nil)
                }
            ),
            (
                try MeasuredEffectBlock.encode(effects.measured, nodeCount: nodeCount),
                { _ = try MeasuredEffectBlock.decode($0, nodeCount: nodeCount) }
            ),
            (
                try HeadBlock.encode(heads),
                {
                    _ = try HeadBlock.decode(
                        $0, edgeCount: heads.edgeCount, layerCount: 3, patterns: heads.patterns)
                }
            ),
            (try PatternBlock.encode(heads.patterns), { _ = try PatternBlock.decode($0) }),
            (try PostingBlock.encode(postings), { _ = try PostingBlock.decode($0) }),
            (try HistogramBlock.encode([1, 2, 3, 400]), { _ = try HistogramBlock.decode($0) }),
        ]
    }

    @Test func `a block with one byte changed is refused or has the same content`() throws {
        var generator = SeededNumbers(seed: 11)
        for (block, _) in try samples() {
            let content = try Block.withBytes(of: block) { (frame) throws(BlockFault) in try LZ4Frame.decompress(frame)
            }
            for offset in 0..<block.count {
                var damaged = block
                damaged[offset] ^= UInt8.random(in: 1...255, using: &generator)
                // A match in a run of zeros may be copied from one byte earlier: another frame of the same content.
                let found = try? Block.withBytes(of: damaged) { (frame) throws(BlockFault) in
                    try LZ4Frame.decompress(frame)
                }
                #expect(found == nil || found == content, "byte \(offset) of \(block.count)")
            }
        }
    }

    @Test func `a block cut short is refused`() throws {
        for (block, read) in try samples() {
            for count in 0..<block.count {
                #expect(throws: BlockFault.self) { try read(block.prefix(count)) }
            }
        }
    }

    @Test func `a block with bytes behind it is refused`() throws {
        for (block, read) in try samples() {
            #expect(throws: BlockFault.self) { try read(block + [0]) }
        }
    }

    @Test func `damage under a sound checksum is read or refused without a crash`() throws {
        var generator = SeededNumbers(seed: 13)
        var refused = 0
        for (block, read) in try samples() {
            let content = try Block.withBytes(of: block) { (frame) throws(BlockFault) in try LZ4Frame.decompress(frame)
            }
            for _ in 0..<4000 {
                var damaged = content
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    damaged[Int.random(in: 0..<damaged.count, using: &generator)] = [
                        0, 0xFF, 0x7F, 0x80, UInt8.random(in: 0...255, using: &generator),
                    ].randomElement(using: &generator)!
                }
                if Bool.random(using: &generator) {
                    damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
                }
                do {
                    try read(LZ4Frame.compress(damaged))
                } catch is BlockFault {
                    refused += 1
                }
            }
        }
        #expect(refused > 0)
    }

    @Test func `bytes that are no block are refused`() throws {
        var generator = SeededNumbers(seed: 17)
        for (_, read) in try samples() {
            for count in [0, 1, 4, 20, 300] {
                let bytes = Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
                #expect(throws: BlockFault.self) { try read(bytes) }
            }
        }
    }

    @Test func `a block of another kind is refused by both numbers`() throws {
        let block = try TokenBlock.encode([1, 2])
        let fault = #expect(throws: BlockFault.self) { try ActivationBlock.decode(block) }
        #expect(fault?.expected == "block kind 2 (activations)" && fault?.found == "kind 1")
    }
}
