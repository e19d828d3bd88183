import AtlasStore
import Circuits
import Foundation

/// Readers of an atlas's packed columns: damaged frames, and sound frames of damaged content, which no checksum catches.
enum BlockParsers {
    private typealias Block = (name: String, bytes: Data, read: @Sendable (Data) throws -> Void)

    static func all() throws -> [FuzzedParser] {
        let blocks = try sound()
        return [parser("block-frames", blocks, isPacked: true), parser("block-contents", blocks, isPacked: false)]
    }

    private static func parser(_ name: String, _ blocks: [Block], isPacked: Bool) -> FuzzedParser {
        let contents = blocks.map { block in
            isPacked ? [UInt8](block.bytes) : (try? block.bytes.withUnsafeBytes(LZ4Frame.decompress)) ?? []
        }
        return FuzzedParser(
            name: name, seedCount: blocks.count,
            feed: { random, _ in
                let index = Int.random(in: 0..<blocks.count, using: &random)
                let damaged = Damage.apply(to: contents[index], using: &random)
                try blocks[index].read(isPacked ? Data(damaged) : LZ4Frame.compress(damaged))
            }, isTyped: { $0 is BlockFault })
    }

    private static func node(_ place: Int) -> SparseGraph.Node {
        let isFeature = place < 8
        let id: NodeID =
            isFeature ? .feature(layer: place / 2, position: 1 + place, index: place * 11) : .token(position: place)
        return SparseGraph.Node(
            id: id, activation: isFeature ? 1.5 : 0, influence: 1 / Float(place + 1),
            cumulativeInfluence: Float(place) / 12, inputSum: Float(place), biasInput: -0.25)
    }

    private static func feature(_ place: Int) -> ActiveFeature {
        ActiveFeature(
            layer: place / 10, position: place / 5, index: place * 7 % 100, activation: Float(place) / 8 + 0.5)
    }

    private static func sound() throws -> [Block] {
        let features = (0..<40).map(feature).sorted {
            ($0.layer, $0.position, $0.index) < ($1.layer, $1.position, $1.index)
        }
        let nodes = (0..<12).map(node)
        let edges = (1..<12).map { SparseGraph.Edge(target: $0, source: $0 - 1, weight: Float($0) - 5.5) }
        let row = (0..<12).map { Float($0) - 3 }
        let effects = NodeEffects.Readouts(gap: row, answer: row, targets: [row, row])
        let measured = [1, 4, 9].map { NodeEffects.Measurement(node: $0, answer: 1, gap: -2, divergence: 0.5) }
        let patterns = (0..<12).map {
            HeadPattern(previous: Float($0) / 16, same: 0, first: 0.5, distance: Float($0), entropy: 0.25)
        }
        var heads = EdgeHeads(headCount: 4, patterns: patterns)
        for edge in edges.indices {
            let own = [1, 5, 8].map { EdgeHeads.Loading(layer: $0 / 4, head: $0 % 4, loading: Float(edge) - 5.5) }
            heads.append(own, rest: 0.25)
        }
        return [
            ("tokens", try TokenBlock.encode([0, 5, 17, 1273, 4]), { _ = try TokenBlock.decode($0) }),
            ("activations", try ActivationBlock.encode(features), { _ = try ActivationBlock.decode($0) }),
            ("nodes", try NodeBlock.encode(nodes), { _ = try NodeBlock.decode($0) }),
            ("edges", try EdgeBlock.encode(edges, nodeCount: 12), { _ = try EdgeBlock.decode($0, nodeCount: 12) }),
            (
                "influence", try InfluenceBlock.encode([row, row], nodeCount: 12),
                { _ = try InfluenceBlock.decode($0, targetCount: 2, nodeCount: 12) }
            ),
            (
                "effects", try EffectBlock.encode(effects, answerTarget: nil),
                { _ = try EffectBlock.decode($0, targetCount: 2, nodeCount: 12, answerTarget: nil) }
            ),
            (
                "measured", try MeasuredEffectBlock.encode(measured, nodeCount: 12),
                { _ = try MeasuredEffectBlock.decode($0, nodeCount: 12) }
            ),
            (
                "heads", try HeadBlock.encode(heads),
                { _ = try HeadBlock.decode($0, edgeCount: edges.count, layerCount: 3, patterns: patterns) }
            ),
            ("patterns", try PatternBlock.encode(patterns), { _ = try PatternBlock.decode($0) }),
            ("histogram", try HistogramBlock.encode([1, 2, 3, 400, 0]), { _ = try HistogramBlock.decode($0) }),
        ]
    }
}
