import Tensors

/// The activations that neurons' contributions are measured from.
public enum NeuronBaseline: Sendable, Equatable {
    /// Zero everywhere.
    case zero
    /// `[layerCount]` of `[neuronCount]`: the same at every position.
    case everywhere([[Float]])
    /// `[layerCount]` of `[positionCount, neuronCount]`: for prompts of so many tokens.
    case byPosition([Matrix])

    /// How many tokens a prompt must have, where that matters.
    public var positionCount: Int? { if case .byPosition(let layers) = self { layers.first?.rowCount } else { nil } }

    /// One neuron's baseline at a position; `nil` at positions that it does not know.
    func value(layer: Int, position: Int, neuron: Int) -> Float? {
        switch self {
        case .zero: 0
        case .everywhere(let layers): layers[layer][neuron]
        case .byPosition(let layers): position < layers[layer].rowCount ? layers[layer][position, neuron] : nil
        }
    }

    /// The baseline of one layer over a prompt, `[positionCount, neuronCount]`; `nil` for zero.
    ///
    /// - Precondition: `positionCount` is its own, where it has one
    func matrix(layer: Int, positionCount: Int) -> Matrix? {
        switch self {
        case .zero: return nil
        case .everywhere(let layers):
            let row = layers[layer]
            return Matrix(
                rowCount: positionCount, columnCount: row.count, values: (0..<positionCount).flatMap { _ in row })
        case .byPosition(let layers):
            precondition(layers[layer].rowCount == positionCount)
            return layers[layer]
        }
    }

    /// Refuses a baseline of another model's shape, and one that is not finite.
    ///
    /// - Parameter neuronCounts: `[layerCount]`
    func check(_ neuronCounts: [Int]) throws(TargetError) {
        let found: [Int]
        let finite: Bool
        switch self {
        case .zero: return
        case .everywhere(let layers):
            found = layers.map(\.count)
            finite = layers.allSatisfy { $0.allSatisfy(\.isFinite) }
        case .byPosition(let layers):
            found = layers.map(\.columnCount)
            finite = layers.allSatisfy(\.isFinite)
            guard Set(layers.map(\.rowCount)).count <= 1 else {
                throw TargetError(
                    "neuron baseline", expected: "as many positions in every layer",
                    found: "\(layers.map(\.rowCount))")
            }
        }
        guard found == neuronCounts else {
            throw TargetError("neuron baseline", expected: "neurons by layer \(neuronCounts)", found: "\(found)")
        }
        guard finite else { throw TargetError("neuron baseline", expected: "finite numbers", found: "others") }
    }
}
