import Circuits
import Tensors

/// What features, or changes of features, write to each layer.
struct FeatureWrites {
    private let basis: FeatureBasis
    private var byLayer: [Matrix]

    /// Nothing so far.
    init(_ basis: FeatureBasis, positionCount: Int, modelWidth: Int) {
        self.basis = basis
        byLayer = basis.layers.map { _ in Matrix(rowCount: positionCount, columnCount: modelWidth) }
    }

    /// Adds what `features` write to every layer they write to.
    mutating func add(_ features: [ActiveFeature]) {
        let width = byLayer.first?.columnCount ?? 0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { row in
            guard let row = row.baseAddress else { return }
            for feature in features {
                let source = basis.layers[feature.layer]
                for layer in source.outputLayers {
                    source.copyDecoderRow(feature.index, outputLayer: layer, into: row)
                    byLayer[layer].values.withUnsafeMutableBufferPointer { values in
                        guard let base = values.baseAddress else { return }
                        addScaled(feature.activation, row, to: base + feature.position * width, count: width)
                    }
                }
            }
        }
    }

    /// `[positionCount, modelWidth]`.
    func written(to layer: Int) -> Matrix { byLayer[layer] }
}
