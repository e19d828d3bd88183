import Circuits
import Foundation

/// What each node of a graph does to everything that is read, in one sense: block kind 9.
///
/// Effects come back with a relative error of at most 2^-11 (4.9e-4); zeros stay zeros.
public enum EffectBlock {
    /// Packs effects.
    ///
    /// - Parameter answerTarget: the target that is read as the answer is, where one is: both share a row
    public static func encode(
        _ readouts: NodeEffects.Readouts, answerTarget: Int?
    ) throws(BlockFault) -> Data {
        let rows = [readouts.gap] + (answerTarget == nil ? [readouts.answer] : []) + readouts.targets
        return try Block.seal(.effects, count: rows.count) { (writer) throws(BlockFault) in
            writer.appendVarint(readouts.gap.count)
            for row in rows { try MagnitudeColumn.weights.append(row, to: &writer) }
        }
    }

    /// Unpacks effects.
    public static func decode(
        _ block: Data, targetCount: Int, nodeCount: Int, answerTarget: Int?
    ) throws(BlockFault) -> NodeEffects.Readouts {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in
            try decode(frame, targetCount: targetCount, nodeCount: nodeCount, answerTarget: answerTarget)
        }
    }

    /// Unpacks effects.
    public static func decode(
        _ frame: UnsafeRawBufferPointer, targetCount: Int, nodeCount: Int, answerTarget: Int?
    ) throws(BlockFault) -> NodeEffects.Readouts {
        try Block.open(.effects, frame) { (count, reader) throws(BlockFault) in
            let expected = targetCount + (answerTarget == nil ? 2 : 1)
            let foundNodes = try reader.readVarint()
            guard count == expected, foundNodes == nodeCount else {
                throw BlockFault(
                    expected: "effects of \(nodeCount) nodes on \(expected) readouts",
                    found: "of \(foundNodes) on \(count)")
            }
            var rows = [[Float]](repeating: [Float](repeating: 0, count: nodeCount), count: count)
            for row in rows.indices {
                try MagnitudeColumn.weights.read(nodeCount, from: &reader) { (node, value) throws(BlockFault) in
                    rows[row][node] = value
                }
            }
            let targets = Array(rows[(answerTarget == nil ? 2 : 1)...])
            return NodeEffects.Readouts(
                gap: rows[0], answer: answerTarget.map { targets[$0] } ?? rows[1], targets: targets)
        }
    }
}

/// What silencing nodes of a graph did: block kind 10.
///
/// Places are exact; what was measured comes back with a relative error of at most 2^-11 (4.9e-4).
public enum MeasuredEffectBlock {
    /// Packs measurements, ascending by node without repetition.
    public static func encode(
        _ measured: [NodeEffects.Measurement], nodeCount: Int
    ) throws(BlockFault) -> Data {
        var gaps: [UInt32] = []
        var previous = -1
        for measurement in measured {
            guard measurement.node > previous, measurement.node < nodeCount else {
                throw BlockFault(
                    expected: "measured nodes below \(nodeCount), ascending",
                    found: "\(measurement.node) after \(previous)")
            }
            gaps.append(UInt32(measurement.node - previous - 1))
            previous = measurement.node
        }
        return try Block.seal(.measured, count: measured.count) { (writer) throws(BlockFault) in
            writer.appendVarint(nodeCount)
            GapColumn.append(gaps, to: &writer)
            for column in [\NodeEffects.Measurement.answer, \.gap, \.divergence] {
                try MagnitudeColumn.weights.append(measured.map { $0[keyPath: column] }, to: &writer)
            }
        }
    }

    /// Unpacks measurements.
    public static func decode(_ block: Data, nodeCount: Int) throws(BlockFault) -> [NodeEffects.Measurement] {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in try decode(frame, nodeCount: nodeCount) }
    }

    /// Unpacks measurements.
    public static func decode(
        _ frame: UnsafeRawBufferPointer, nodeCount: Int
    ) throws(BlockFault) -> [NodeEffects.Measurement] {
        try Block.open(.measured, frame) { (count, reader) throws(BlockFault) in
            let foundNodes = try reader.readVarint()
            guard foundNodes == nodeCount else {
                throw BlockFault(
                    expected: "measurements in a graph of \(nodeCount) nodes", found: "\(foundNodes) nodes")
            }
            var measured = [NodeEffects.Measurement](
                repeating: .init(node: 0, answer: 0, gap: 0, divergence: 0), count: count)
            var previous = -1
            try GapColumn.read(count, from: &reader) { (entry, gap) throws(BlockFault) in
                previous += Int(gap) + 1
                guard previous < nodeCount else {
                    throw BlockFault(expected: "measured nodes below \(nodeCount)", found: "\(previous)")
                }
                measured[entry].node = previous
            }
            for column in [\NodeEffects.Measurement.answer, \.gap, \.divergence] {
                try MagnitudeColumn.weights.read(count, from: &reader) { (entry, value) throws(BlockFault) in
                    measured[entry][keyPath: column] = value
                }
            }
            return measured
        }
    }
}
