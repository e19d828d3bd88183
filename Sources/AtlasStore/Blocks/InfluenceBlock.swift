import Foundation

/// Each node's influence on each target's logit: block kind 5.
///
/// Influences come back with a relative error of at most 2^-11 (4.9e-4); zeros stay zeros.
public enum InfluenceBlock {
    /// Packs `[targetCount][nodeCount]` influences.
    public static func encode(_ influence: [[Float]], nodeCount: Int) throws(BlockFault) -> Data {
        if let odd = influence.first(where: { $0.count != nodeCount }) {
            throw BlockFault(expected: "an influence for each of \(nodeCount) nodes", found: "\(odd.count)")
        }
        return try Block.seal(.influence, count: influence.count) { (writer) throws(BlockFault) in
            writer.appendVarint(nodeCount)
            try MagnitudeColumn.weights.append(influence.flatMap { $0 }, to: &writer)
        }
    }

    /// Unpacks `[targetCount][nodeCount]` influences.
    public static func decode(_ block: Data, targetCount: Int, nodeCount: Int) throws(BlockFault) -> [[Float]] {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in
            try decode(frame, targetCount: targetCount, nodeCount: nodeCount)
        }
    }

    /// Unpacks `[targetCount][nodeCount]` influences.
    public static func decode(
        _ frame: UnsafeRawBufferPointer, targetCount: Int, nodeCount: Int
    ) throws(BlockFault) -> [[Float]] {
        try Block.open(.influence, frame) { (count, reader) throws(BlockFault) in
            let foundNodes = try reader.readVarint()
            guard count == targetCount, foundNodes == nodeCount else {
                throw BlockFault(
                    expected: "influences of \(nodeCount) nodes on \(targetCount) targets",
                    found: "of \(foundNodes) on \(count)")
            }
            var rows = [[Float]](repeating: [Float](repeating: 0, count: nodeCount), count: targetCount)
            var (row, column) = (0, 0)
            try MagnitudeColumn.weights.read(count * nodeCount, from: &reader) { (_, value) throws(BlockFault) in
                rows[row][column] = value
                column += 1
                if column == nodeCount { (row, column) = (row + 1, 0) }
            }
            return rows
        }
    }
}
