import Circuits
import Foundation

/// The kept nodes of a graph, exactly as given: block kind 3.
public enum NodeBlock {
    /// Packs nodes in any order; the bias node, which is never kept, is refused.
    public static func encode(_ nodes: [SparseGraph.Node]) throws(BlockFault) -> Data {
        try Block.seal(.nodes, count: nodes.count) { (writer) throws(BlockFault) in
            var places: [Place] = []
            for node in nodes { places.append(try Place(node.id)) }
            for place in places { writer.append(place.kind, width: 8) }
            for column in [\Place.layer, \Place.position, \Place.index] {
                var previous = 0
                for place in places {
                    writer.appendZigzag(place[keyPath: column] - previous)
                    previous = place[keyPath: column]
                }
            }
            for column in columns {
                // Bytes of equal weight together: signs and exponents repeat, and LZ4 finds the repetition.
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    for node in nodes {
                        writer.append(UInt64(node[keyPath: column].bitPattern >> shift & 0xFF), width: 8)
                    }
                }
            }
        }
    }

    /// Unpacks nodes.
    public static func decode(_ block: Data) throws(BlockFault) -> [SparseGraph.Node] {
        try Block.withBytes(of: block, decode)
    }

    /// Unpacks nodes.
    public static func decode(_ frame: UnsafeRawBufferPointer) throws(BlockFault) -> [SparseGraph.Node] {
        try Block.open(.nodes, frame) { (count, reader) throws(BlockFault) in
            var places = [Place](repeating: Place(kind: 0, layer: 0, position: 0, index: 0), count: count)
            for entry in 0..<count { places[entry].kind = try reader.read(width: 8) }
            for column in [\Place.layer, \Place.position, \Place.index] {
                var value = 0
                for entry in 0..<count {
                    value += try reader.readZigzag()
                    guard 0..<1 << 32 ~= value else {
                        throw BlockFault(expected: "layers, positions and indices from 0", found: "\(value)")
                    }
                    places[entry][keyPath: column] = value
                }
            }
            var values = [[Float]]()
            for _ in columns {
                var bits = [UInt32](repeating: 0, count: count)
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    for entry in 0..<count { bits[entry] |= UInt32(try reader.read(width: 8)) << shift }
                }
                values.append(bits.map(Float.init(bitPattern:)))
            }
            var nodes = [SparseGraph.Node]()
            nodes.reserveCapacity(count)
            for entry in 0..<count {
                nodes.append(
                    SparseGraph.Node(
                        id: try places[entry].node(), activation: values[0][entry], influence: values[1][entry],
                        cumulativeInfluence: values[2][entry], inputSum: values[3][entry],
                        biasInput: values[4][entry]))
            }
            return nodes
        }
    }

    private static var columns: [KeyPath<SparseGraph.Node, Float>] {
        [\.activation, \.influence, \.cumulativeInfluence, \.inputSum, \.biasInput]
    }

    /// A node's name as four numbers; those that a kind does not have are zero.
    private struct Place {
        var kind: UInt64
        var layer: Int
        var position: Int
        var index: Int

        init(kind: UInt64, layer: Int, position: Int, index: Int) {
            (self.kind, self.layer, self.position, self.index) = (kind, layer, position, index)
        }

        init(_ node: NodeID) throws(BlockFault) {
            switch node {
            case .feature(let layer, let position, let index):
                self.init(kind: 0, layer: layer, position: position, index: index)
            case .error(let layer, let position): self.init(kind: 1, layer: layer, position: position, index: 0)
            case .token(let position): self.init(kind: 2, layer: 0, position: position, index: 0)
            case .logit(let ordinal): self.init(kind: 3, layer: 0, position: 0, index: ordinal)
            case .bias: throw BlockFault(expected: "nodes other than the bias", found: "the bias node")
            }
        }

        func node() throws(BlockFault) -> NodeID {
            switch kind {
            case 0: .feature(layer: layer, position: position, index: index)
            case 1: .error(layer: layer, position: position)
            case 2: .token(position: position)
            case 3: .logit(ordinal: index)
            default: throw BlockFault(expected: "node kinds 0 to 3", found: "kind \(kind)")
            }
        }
    }
}
