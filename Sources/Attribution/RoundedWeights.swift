import Synchronization
import Tensors

/// The attention weights that gradients pass through, laid out for products of lower precision: each layer once, when it is
/// wanted first.
final class RoundedWeights: Sendable {
    /// One layer's weights.
    struct Layer: Sendable {
        /// From what attention writes to the heads' outputs.
        let output: RoundedFactor
        /// From the values to the residual stream.
        let value: RoundedFactor

        fileprivate init(_ weights: AdjointWeights.Layer, _ precision: ProductPrecision) {
            output = Self.factor(weights.output.matrix(), precision)
            value = Self.factor(weights.foldedValue, precision)
        }

        private static func factor(_ matrix: Matrix, _ precision: ProductPrecision) -> RoundedFactor {
            matrix.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { preconditionFailure("a weight without numbers") }
                return RoundedFactor(
                    base, columnStride: 1, stepStride: matrix.columnCount, columnCount: matrix.columnCount,
                    innerCount: matrix.rowCount, precision)
            }
        }
    }

    private struct Key: Hashable {
        let layer: Int
        let precision: ProductPrecision
    }

    private let layers = Mutex<[Key: Layer]>([:])

    /// - Parameter weights: that layer's, asked for the first time only
    func layer(_ layer: Int, _ precision: ProductPrecision, _ weights: () -> AdjointWeights.Layer) -> Layer {
        let key = Key(layer: layer, precision: precision)
        if let known = layers.withLock({ $0[key] }) { return known }
        let made = Layer(weights(), precision)
        return layers.withLock { known in
            if let other = known[key] { return other }
            known[key] = made
            return made
        }
    }
}
