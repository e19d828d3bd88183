import Circuits
import Foundation

/// The kept edges of a graph: block kind 4.
///
/// Weights come back with a relative error of at most 2^-11 (4.9e-4); sources and targets are exact.
public enum EdgeBlock {
    /// Packs edges, which must be sorted by target, then source, without repetition.
    public static func encode(_ edges: [SparseGraph.Edge], nodeCount: Int) throws(BlockFault) -> Data {
        var targetCounts = [UInt32](repeating: 0, count: nodeCount)
        var gaps: [UInt32] = []
        gaps.reserveCapacity(edges.count)
        var (target, source) = (-1, -1)
        for edge in edges {
            guard 0..<nodeCount ~= edge.target, 0..<nodeCount ~= edge.source,
                (target, source) < (edge.target, edge.source)
            else {
                throw BlockFault(
                    expected: "edges between \(nodeCount) nodes by target, then source",
                    found: "\(edge.source) to \(edge.target) after \(source) to \(target)")
            }
            if edge.target != target { (target, source) = (edge.target, -1) }
            targetCounts[target] += 1
            gaps.append(UInt32(edge.source - source - 1))
            source = edge.source
        }
        return try Block.seal(.edges, count: edges.count) { (writer) throws(BlockFault) in
            writer.appendVarint(nodeCount)
            GapColumn.append(targetCounts, to: &writer)
            GapColumn.append(gaps, to: &writer)
            try MagnitudeColumn.weights.append(edges.map(\.weight), to: &writer)
        }
    }

    /// The weight that a stored one comes back as.
    public static func rounded(_ weight: Float) -> Float { MagnitudeColumn.weights.rounded(weight) }

    /// Unpacks edges by target, then source.
    public static func decode(_ block: Data, nodeCount: Int) throws(BlockFault) -> [SparseGraph.Edge] {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in try decode(frame, nodeCount: nodeCount) }
    }

    /// Unpacks edges by target, then source.
    public static func decode(
        _ frame: UnsafeRawBufferPointer, nodeCount: Int
    ) throws(BlockFault) -> [SparseGraph.Edge] {
        try Block.open(.edges, frame) { (count, reader) throws(BlockFault) in
            let foundNodes = try reader.readCount(of: "nodes")
            guard foundNodes == nodeCount else {
                throw BlockFault(expected: "edges between \(nodeCount) nodes", found: "between \(foundNodes)")
            }
            let targetCounts = try GapColumn.read(nodeCount, from: &reader)
            guard targetCounts.reduce(0, +) == count else {
                throw BlockFault(expected: "\(count) edges", found: "\(targetCounts.reduce(0, +)) by target")
            }
            let k = try GapColumn.readParameter(from: &reader)
            var places: [(target: Int, source: Int)] = []
            places.reserveCapacity(count)
            for target in 0..<nodeCount {
                var source = -1
                for _ in 0..<targetCounts[target] {
                    source += try reader.readRice(k) + 1
                    guard source < nodeCount else {
                        throw BlockFault(expected: "sources below \(nodeCount)", found: "\(source)")
                    }
                    places.append((target, source))
                }
            }
            var edges: [SparseGraph.Edge] = []
            edges.reserveCapacity(count)
            try MagnitudeColumn.weights.read(count, from: &reader) { (entry, weight) throws(BlockFault) in
                let (target, source) = places[entry]
                edges.append(SparseGraph.Edge(target: target, source: source, weight: weight))
            }
            return edges
        }
    }
}
