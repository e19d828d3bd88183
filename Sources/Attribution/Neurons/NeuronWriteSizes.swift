import Circuits
import LanguageModels
import Tensors

/// How much each neuron of a model writes a unit of activation: what tells a strong activation from a weak one.
public struct NeuronWriteSizes: Sendable {
    /// `[layerCount]` of `[neurons]`: the norm of each decoder column.
    private let sizes: [[Float]]

    /// Measures the decoders.
    ///
    /// - Precondition: the basis is neurons
    /// - Complexity: reads every decoder once
    public init(_ attributor: Attributor) {
        let width = attributor.model.configuration.modelWidth
        sizes = attributor.basis.layers.enumerated().map { layer, features in
            let places = (0..<features.featureCount).map { DecoderPlace(index: $0, row: $0) }
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: places.count * width) { rows in
                guard let rows = rows.baseAddress else { return [] }
                features.copyDecoderRows(places, outputLayer: layer, into: rows)
                return places.map { dot(rows + $0.row * width, rows + $0.row * width, count: width).squareRoot() }
            }
        }
    }

    /// A prompt's nodes and, of each counted token and layer, the neurons that write most: those with the largest
    /// |activation| times size.
    ///
    /// - Parameter count: neurons a token and layer
    /// - Returns: in lexicographic order, each once
    public func recorded(_ local: LocalReplacementModel, strongest count: Int) -> [ActiveFeature] {
        guard count > 0 else { return local.activeFeatures }
        var result = local.activeFeatures
        var known = Set(result.map { Place(layer: $0.layer, position: $0.position, index: $0.index) })
        for (layer, encoder) in local.frozen.encoders.enumerated() {
            guard let neurons = encoder as? FrozenNeuronLayer else { return local.activeFeatures }
            let activations = neurons.reading.activations
            for position in min(local.firstCountedPosition, activations.rowCount)..<activations.rowCount {
                let writes = zip(activations.row(position), sizes[layer]).map { $0.magnitude * $1 }
                for index in largest(count, of: writes)
                where writes[index] > 0
                    && known.insert(Place(layer: layer, position: position, index: index)).inserted
                {
                    result.append(
                        ActiveFeature(
                            layer: layer, position: position, index: index, activation: activations[position, index]))
                }
            }
        }
        return result.sorted { ($0.layer, $0.position, $0.index) < ($1.layer, $1.position, $1.index) }
    }

    private struct Place: Hashable {
        let layer, position, index: Int
    }
}
