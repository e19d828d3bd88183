import Circuits
import Foundation

/// The main heads of a graph's edges: block kind 11.
///
/// Loadings come back with a relative error of at most 2^-7 (7.8e-3); heads are exact.
public enum HeadBlock {
    /// Packs the heads of all edges, in the graph's order.
    public static func encode(_ heads: EdgeHeads) throws(BlockFault) -> Data {
        var counts: [UInt32] = []
        var gaps: [UInt32] = []
        for edge in 0..<heads.edgeCount {
            let own = heads[edge]
            guard own.count <= EdgeHeads.maximumCount else {
                throw BlockFault(expected: "at most \(EdgeHeads.maximumCount) heads an edge", found: "\(own.count)")
            }
            counts.append(UInt32(own.count))
            var previous = -1
            for entry in own {
                let place = entry.layer * heads.headCount + entry.head
                guard place > previous, 0..<heads.headCount ~= entry.head else {
                    throw BlockFault(
                        expected: "heads below \(heads.headCount) by layer and head",
                        found: "\(entry.layer).\(entry.head) at \(place) after \(previous)")
                }
                gaps.append(UInt32(place - previous - 1))
                previous = place
            }
        }
        return try Block.seal(.heads, count: heads.edgeCount) { (writer) throws(BlockFault) in
            writer.appendVarint(heads.headCount)
            GapColumn.append(counts, to: &writer)
            GapColumn.append(gaps, to: &writer)
            try MagnitudeColumn.loadings.append(heads.loadings.map(\.loading), to: &writer)
            try MagnitudeColumn.loadings.append(heads.rests, to: &writer)
        }
    }

    /// The loading that a stored one comes back as.
    public static func rounded(_ loading: Float) -> Float { MagnitudeColumn.loadings.rounded(loading) }

    /// Unpacks the heads of a graph's edges.
    ///
    /// - Parameter patterns: what ``PatternBlock`` holds beside them
    public static func decode(
        _ block: Data, edgeCount: Int, layerCount: Int, patterns: [HeadPattern]
    ) throws(BlockFault) -> EdgeHeads {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in
            try decode(frame, edgeCount: edgeCount, layerCount: layerCount, patterns: patterns)
        }
    }

    /// Unpacks the heads of a graph's edges.
    public static func decode(
        _ frame: UnsafeRawBufferPointer, edgeCount: Int, layerCount: Int, patterns: [HeadPattern]
    ) throws(BlockFault) -> EdgeHeads {
        try Block.open(.heads, frame) { (count, reader) throws(BlockFault) in
            guard count == edgeCount else {
                throw BlockFault(expected: "heads of \(edgeCount) edges", found: "of \(count)")
            }
            let headCount = try reader.readVarint()
            guard 1...largestHeadCount ~= headCount else {
                throw BlockFault(expected: "1 to \(largestHeadCount) heads a layer", found: "\(headCount)")
            }
            let counts = try GapColumn.read(count, from: &reader)
            guard counts.allSatisfy({ $0 <= EdgeHeads.maximumCount }) else {
                throw BlockFault(
                    expected: "at most \(EdgeHeads.maximumCount) heads an edge", found: "\(counts.max() ?? 0)")
            }
            let gaps = try GapColumn.read(counts.reduce(0, +), from: &reader)
            var entries: [EdgeHeads.Loading] = []
            entries.reserveCapacity(gaps.count)
            for own in counts {
                var place = -1
                for _ in 0..<own {
                    place += gaps[entries.count] + 1
                    guard place < layerCount * headCount else {
                        throw BlockFault(
                            expected: "heads of \(layerCount) layers of \(headCount)", found: "place \(place)")
                    }
                    entries.append(.init(layer: place / headCount, head: place % headCount, loading: 0))
                }
            }
            try MagnitudeColumn.loadings.read(entries.count, from: &reader) { (entry, value) throws(BlockFault) in
                entries[entry].loading = value
            }
            guard patterns.count == layerCount * headCount else {
                throw BlockFault(
                    expected: "\(patterns.count / max(1, layerCount)) heads a layer, as in the patterns",
                    found: "\(headCount)")
            }
            var heads = EdgeHeads(headCount: headCount, patterns: patterns)
            var start = 0
            try MagnitudeColumn.loadings.read(count, from: &reader) { (edge, rest) throws(BlockFault) in
                heads.append(entries[start..<start + counts[edge]], rest: rest)
                start += counts[edge]
            }
            return heads
        }
    }

    /// More heads than any model has.
    private static let largestHeadCount = 65_536
}

/// Where the heads of a model look in a prompt: block kind 12.
///
/// Shares, distances and entropies come back with a relative error of at most 2^-7 (7.8e-3); zeros are exact.
public enum PatternBlock {
    private static let columns: [WritableKeyPath<HeadPattern, Float> & Sendable] = [
        \.previous, \.same, \.first, \.distance, \.entropy,
    ]

    /// Packs patterns, by layer, then head.
    public static func encode(_ patterns: [HeadPattern]) throws(BlockFault) -> Data {
        try Block.seal(.patterns, count: patterns.count) { (writer) throws(BlockFault) in
            for column in columns {
                try MagnitudeColumn.loadings.append(patterns.map { $0[keyPath: column] }, to: &writer)
            }
        }
    }

    /// Unpacks patterns.
    public static func decode(_ block: Data) throws(BlockFault) -> [HeadPattern] {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in
            try Block.open(.patterns, frame) { (count, reader) throws(BlockFault) in
                guard count <= reader.remainingBits else {
                    throw BlockFault(expected: "at most \(reader.remainingBits) heads", found: "\(count)")
                }
                var patterns = [HeadPattern](repeating: .none, count: count)
                for column in columns {
                    try MagnitudeColumn.loadings.read(count, from: &reader) { (head, value) throws(BlockFault) in
                        patterns[head][keyPath: column] = value
                    }
                }
                return patterns
            }
        }
    }
}
