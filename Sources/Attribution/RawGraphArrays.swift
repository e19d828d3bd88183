import Circuits
import Foundation
import Safetensors

/// The arrays of a raw graph file, each checked against what it must be.
struct RawGraphArrays {
    /// A number whose sums stay finite.
    private static let largestMagnitude: Float = 1e18

    private let file: SafetensorsFile

    init(_ file: SafetensorsFile) { self.file = file }

    private func fault(_ place: String, _ expected: String, _ found: Any) -> SafetensorsError {
        SafetensorsError(file: file.path, place: place, "expected \(expected), found \(found)")
    }

    /// A list of whole numbers.
    func integers(_ name: String, count: Int? = nil) throws(SafetensorsError) -> [Int] {
        let tensor = try file.tensor(name)
        guard tensor.shape.count == 1, count == nil || tensor.shape[0] == count else {
            throw fault(name, count.map { "shape [\($0)]" } ?? "one dimension", "shape \(tensor.shape)")
        }
        return try integers(of: tensor, name)
    }

    private func integers(of tensor: SafetensorsFile.Tensor, _ name: String) throws(SafetensorsError) -> [Int] {
        let bytes = file.bytes(of: tensor)
        switch tensor.type {
        case "I32":
            return (0..<bytes.count / 4).map {
                Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)))
            }
        case "I64":
            return (0..<bytes.count / 8).map {
                Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)))
            }
        default: throw fault(name, "I32 or I64", tensor.type)
        }
    }

    /// The layers that the size of the matrix of effects tells.
    func layerCount(positions: Int, features: Int, targets: Int) throws(SafetensorsError) -> Int {
        let shape = try file.tensor("adjacency").shape
        let errors = (shape.first ?? 0) - features - positions - targets
        guard shape.count == 2, shape[0] == shape[1], positions > 0, errors > 0, errors % positions == 0,
            errors / positions <= 1 << 16
        else {
            throw fault(
                "adjacency",
                "a square of \(features) features, errors of each layer at \(positions) positions, \(positions) tokens and "
                    + "\(targets) targets", "shape \(shape)")
        }
        return errors / positions
    }

    /// Every active feature, in the file's order.
    func activeFeatures(layerCount: Int, positionCount: Int) throws(SafetensorsError) -> [ActiveFeature] {
        let tensor = try file.tensor("active_features")
        guard tensor.shape.count == 2, tensor.shape[1] == 3 else {
            throw fault("active_features", "shape [N, 3]", "\(tensor.shape)")
        }
        let numbers = try integers(of: tensor, "active_features")
        let values = try file.vector("activation_values", count: tensor.shape[0])
        var features: [ActiveFeature] = []
        features.reserveCapacity(values.count)
        for (row, value) in values.enumerated() {
            let (layer, position, index) = (numbers[3 * row], numbers[3 * row + 1], numbers[3 * row + 2])
            guard 0..<layerCount ~= layer, 0..<positionCount ~= position, 0..<1 << 24 ~= index,
                value.magnitude <= Self.largestMagnitude
            else {
                throw fault(
                    "active_features[\(row)]", "one of \(layerCount) layers at \(positionCount) positions",
                    "[\(layer), \(position), \(index)] with \(value)")
            }
            features.append(ActiveFeature(layer: layer, position: position, index: index, activation: value))
        }
        return features
    }

    /// `[targetCount, sourceCount]` of the layout.
    ///
    /// - Parameters:
    ///   - stored: of each node its row in the file
    ///   - layers: of each selected feature its layer
    func adjacency(_ layout: NodeLayout, stored: [Int], layers: [Int]) throws(SafetensorsError) -> [Float] {
        let matrix = try file.matrix("adjacency", shape: [layout.nodeCount, layout.nodeCount])
        var weights = [Float](repeating: 0, count: layout.targetCount * layout.sourceCount)
        for node in 0..<layout.nodeCount {
            let row = matrix.row(stored[node])
            if let odd = row.firstIndex(where: { !($0.magnitude <= Self.largestMagnitude) }) {
                throw fault(
                    "adjacency", "numbers of at most \(Self.largestMagnitude)",
                    "\(row[odd]) at [\(stored[node]), \(odd)]")
            }
            guard let target = layout.target(ofNode: node) else {
                if let odd = row.firstIndex(where: { $0 != 0 }) {
                    throw fault(
                        "adjacency", "no effect on errors and tokens", "\(row[odd]) at [\(stored[node]), \(odd)]")
                }
                continue
            }
            for source in 0..<layout.nodeCount where row[stored[source]] != 0 {
                let isLater =
                    target >= layout.featureCount && source < layout.sourceCount || layout.tokens.contains(source)
                    || layout.errors.contains(source)
                        && (source - layout.featureCount) / layout.positionCount < layers[target]
                    || source < layout.featureCount && layers[source] < layers[target]
                guard isLater else {
                    throw fault(
                        "adjacency", "effects on later layers only",
                        "\(row[stored[source]]) at [\(stored[node]), \(stored[source])]")
                }
                weights[target * layout.sourceCount + source] = row[stored[source]]
            }
        }
        return weights
    }

    /// One number a target; `nil` where the file has none.
    func perTarget(_ name: String, _ layout: NodeLayout, stored: [Int]) throws(SafetensorsError) -> [Float]? {
        guard file.tensors[name] != nil else { return nil }
        let values = try file.vector(name, count: layout.nodeCount)
        return (0..<layout.targetCount).map { values[stored[layout.node(ofTarget: $0)]] }
    }
}
