import Tensors

/// The units that each layer is trained in: what is read and written has a mean squared norm of the model's width.
///
/// The scales are folded into the weights when a set is written, so that it reads and writes the model's own numbers.
struct LayerScales: Codable, Sendable, Equatable {
    /// What the inputs of each layer are multiplied by.
    let inputs: [Float]
    /// What the outputs of each layer are multiplied by.
    let outputs: [Float]
    /// The mean squared distance of each layer's scaled outputs from their mean: what no constant can explain.
    let outputVariances: [Double]

    /// Takes them as they are.
    init(inputs: [Float], outputs: [Float], outputVariances: [Double]) {
        self.inputs = inputs
        self.outputs = outputs
        self.outputVariances = outputVariances
    }

    /// Measures them.
    init(_ readings: [ActivationSource.Readings], modelWidth: Int) {
        let layerCount = readings.first?.inputs.count ?? 0
        let tokens = Double(max(1, readings.reduce(0) { $0 + $1.rows.count }))
        func scale(_ matrix: (ActivationSource.Readings) -> Matrix) -> Float {
            var squares = 0.0
            for reading in readings {
                let values = matrix(reading)
                for row in reading.rows {
                    squares += values.row(row).reduce(0) { $0 + Double($1) * Double($1) }
                }
            }
            return squares > 0 ? Float((Double(modelWidth) * tokens / squares).squareRoot()) : 1
        }
        inputs = (0..<layerCount).map { layer in scale { $0.inputs[layer] } }
        let outputs = (0..<layerCount).map { layer in scale { $0.outputs[layer] } }
        self.outputs = outputs
        outputVariances = (0..<layerCount).map { layer in
            var (mean, squares) = ([Double](repeating: 0, count: modelWidth), 0.0)
            for reading in readings {
                for row in reading.rows {
                    for (column, value) in reading.outputs[layer].row(row).enumerated() {
                        let scaled = Double(value * outputs[layer])
                        mean[column] += scaled / tokens
                        squares += scaled * scaled / tokens
                    }
                }
            }
            return max(0, squares - mean.reduce(0) { $0 + $1 * $1 })
        }
    }
}
