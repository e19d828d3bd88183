import Circuits
import Foundation

/// Every active feature of a prompt: block kind 2.
///
/// Activations come back with a relative error of at most 2^-10 (9.8e-4); everything else is exact.
public enum ActivationBlock {
    /// Packs active features, which must be in ascending order without repetition.
    ///
    /// Throws for an activation that is zero or not finite.
    public static func encode(_ features: [ActiveFeature]) throws(BlockFault) -> Data {
        for (previous, next) in zip(features, features.dropFirst()) where !(previous < next) {
            throw BlockFault(expected: "active features in ascending order", found: "\(next) after \(previous)")
        }
        let layerCount = (features.last?.layer ?? -1) + 1
        let positionCount = (features.map(\.position).max() ?? -1) + 1
        if let odd = features.first(where: { $0.layer < 0 || $0.position < 0 || $0.index < 0 || $0.activation == 0 }) {
            throw BlockFault(
                expected: "an activation other than zero, at a feature and position from 0", found: "\(odd)")
        }
        return try Block.seal(.activations, count: features.count) { (writer) throws(BlockFault) in
            writer.appendVarint(layerCount)
            writer.appendVarint(positionCount)
            var next = 0
            for layer in 0..<layerCount {
                var counts = [UInt32](repeating: 0, count: positionCount)
                var gaps: [UInt32] = []
                var (position, index) = (-1, -1)
                while next < features.count, features[next].layer == layer {
                    let feature = features[next]
                    if feature.position != position { (position, index) = (feature.position, -1) }
                    gaps.append(UInt32(feature.index - index - 1))
                    counts[position] += 1
                    index = feature.index
                    next += 1
                }
                GapColumn.append(counts, to: &writer)
                GapColumn.append(gaps, to: &writer)
            }
            try MagnitudeColumn.activations.append(features.map(\.activation), to: &writer)
        }
    }

    /// The activation that a stored one comes back as.
    public static func rounded(_ activation: Float) -> Float { MagnitudeColumn.activations.rounded(activation) }

    /// Unpacks active features in ascending order.
    public static func decode(_ block: Data) throws(BlockFault) -> [ActiveFeature] {
        try Block.withBytes(of: block) { (frame) throws(BlockFault) in
            var features: [ActiveFeature] = []
            try decode(frame, into: &features)
            return features
        }
    }

    /// Unpacks active features in ascending order into a list whose memory is used again.
    public static func decode(_ frame: UnsafeRawBufferPointer, into features: inout [ActiveFeature]) throws(BlockFault)
    {
        features.removeAll(keepingCapacity: true)
        try Block.open(.activations, frame) { (count, reader) throws(BlockFault) in
            let layerCount = try reader.readCount(of: "layers")
            let positionCount = try reader.readCount(of: "positions")
            guard layerCount <= reader.remainingBits / max(1, positionCount) else {
                throw BlockFault(expected: "a count a layer and position", found: "\(layerCount) x \(positionCount)")
            }
            // The values follow all places, so places are read first and the values put in after them.
            var places: [(layer: Int, position: Int, index: Int)] = []
            places.reserveCapacity(count)
            for layer in 0..<layerCount {
                let counts = try GapColumn.read(positionCount, from: &reader)
                let k = try GapColumn.readParameter(from: &reader)
                for position in 0..<positionCount {
                    guard places.count + counts[position] <= count else {
                        throw BlockFault(expected: "\(count) activations", found: "more at layer \(layer)")
                    }
                    var index = -1
                    for _ in 0..<counts[position] {
                        index += try reader.readRice(k) + 1
                        places.append((layer, position, index))
                    }
                }
            }
            guard places.count == count else {
                throw BlockFault(expected: "\(count) activations", found: "\(places.count)")
            }
            features.reserveCapacity(count)
            try MagnitudeColumn.activations.read(count, from: &reader) { (entry, value) throws(BlockFault) in
                let (layer, position, index) = places[entry]
                features.append(ActiveFeature(layer: layer, position: position, index: index, activation: value))
            }
        }
    }
}
