import Foundation

/// Mean activations of neurons by layer: block kind 8.
enum BaselineBlock {
    /// The number that a stored mean comes back as; what is measured from a baseline is measured from these.
    static func rounded(_ value: Float) -> Float { MagnitudeColumn.activations.rounded(value) }

    /// Packs `[layerCount]` of `[rows × neurons]`; all finite.
    static func encode(_ layers: [[Float]]) throws(BlockFault) -> Data {
        try Block.seal(.baseline, count: layers.count) { (writer) throws(BlockFault) in
            for layer in layers {
                writer.appendVarint(layer.count)
                try MagnitudeColumn.activations.append(layer, to: &writer)
            }
        }
    }

    /// Unpacks them.
    static func decode(_ block: Data) throws(BlockFault) -> [[Float]] {
        try Block.withBytes(of: block, decode)
    }

    /// Unpacks them.
    static func decode(_ frame: UnsafeRawBufferPointer) throws(BlockFault) -> [[Float]] {
        try Block.open(.baseline, frame) { (count, reader) throws(BlockFault) in
            var layers: [[Float]] = []
            for _ in 0..<count {
                let neurons = try reader.readCount(of: "neurons")
                var layer = [Float](repeating: 0, count: neurons)
                try MagnitudeColumn.activations.read(neurons, from: &reader) { (index, value) throws(BlockFault) in
                    layer[index] = value
                }
                layers.append(layer)
            }
            return layers
        }
    }
}
