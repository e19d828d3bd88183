import Tensors

/// What an MLP's neurons hold at some positions, and how each depends on what the MLP reads once its slopes are held.
///
/// A neuron is what one column of the output projection is multiplied by. With `s = act(z) / z` held it is linear; with
/// a gate the product is shared evenly between its two factors (the "half rule"):
///
///     without a gate   a = act(z)     = s z                      opening slope s
///     with one         a = act(g) · u = ½ (s u) g + ½ (s g) u    opening slope ½ s u, passing slope ½ s g
///
/// - SeeAlso: Arora et al. 2025, "Language Model Circuits Are Sparse in the Neuron Basis".
public struct NeuronReading: Sendable {
    /// `[positionCount, neuronCount]`; may be negative.
    public let activations: Matrix
    /// `[positionCount, neuronCount]`: what the gate's projection, or the only one, is multiplied by.
    let openingSlopes: Matrix
    /// `[positionCount, neuronCount]`: what the projection beside the gate is multiplied by.
    let passingSlopes: Matrix?
}

extension MLP {
    /// Neurons between the projections.
    public var neuronCount: Int { down.inputWidth }

    /// What the non-linearity reads: the gate's projection, or the only one.
    var opening: Projection {
        switch activation {
        case .gatedSiLU(let gate), .gatedGELUTanh(let gate), .gatedGELU(let gate): gate
        case .gelu, .geluTanh: up
        }
    }

    /// The projection beside the gate, where there is one.
    var passing: Projection? {
        switch activation {
        case .gatedSiLU, .gatedGELUTanh, .gatedGELU: up
        case .gelu, .geluTanh: nil
        }
    }

    /// `act(z) / z` in place, at 0 its limit.
    func slope(_ values: UnsafeMutablePointer<Float>, count: Int) {
        switch activation {
        case .gatedSiLU: siluSlope(values, count: count)
        case .gatedGELUTanh, .geluTanh: geluTanhSlope(values, count: count)
        case .gatedGELU, .gelu: geluSlope(values, count: count)
        }
    }

    /// The neurons over what the MLP reads, `[positionCount, modelWidth]`.
    public func neurons(_ x: Matrix) -> NeuronReading {
        let opened = opening.applied(to: x)
        var slopes = opened
        slopes.values.withUnsafeMutableBufferPointer { values in
            if let base = values.baseAddress { slope(base, count: values.count) }
        }
        let acted = Self.product(1, slopes, opened)
        guard let passing else {
            return NeuronReading(activations: acted, openingSlopes: slopes, passingSlopes: nil)
        }
        let passed = passing.applied(to: x)
        var halves = acted
        for index in halves.values.indices { halves.values[index] *= 0.5 }
        return NeuronReading(
            activations: Self.product(1, acted, passed), openingSlopes: Self.product(0.5, slopes, passed),
            passingSlopes: halves)
    }

    /// What the neurons would be over `x`, `[positionCount, modelWidth]`, with the slopes of `reading` held.
    public func heldActivations(_ x: Matrix, at reading: NeuronReading) -> Matrix {
        precondition(x.rowCount == reading.activations.rowCount)
        var values = Self.product(1, reading.openingSlopes, opening.applied(to: x))
        if let passing, let slopes = reading.passingSlopes {
            values.add(Self.product(1, slopes, passing.applied(to: x)))
        }
        return values
    }

    /// One neuron's activation over what the MLP reads at one position, `[modelWidth]`.
    public func activation(ofNeuron neuron: Int, reading x: [Float]) -> Float {
        precondition(x.count == down.outputWidth)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: x.count) { row in
            guard let row = row.baseAddress else { return 0 }
            func output(_ projection: Projection) -> Float {
                projection.copyWeights(ofOutput: neuron, into: row)
                return dot(row, x, count: x.count) + (projection.bias?[neuron] ?? 0)
            }
            let opened = output(opening)
            var factor = opened
            slope(&factor, count: 1)
            return factor * opened * (passing.map(output) ?? 1)
        }
    }

    /// Copies one neuron's encoder at a position of `reading`: the row whose product with what the MLP reads, with
    /// `encoderConstant` added, is the neuron's activation.
    ///
    /// - Parameter output: `[modelWidth]`, overwritten
    public func copyEncoderRow(
        ofNeuron neuron: Int, position: Int, at reading: NeuronReading, into output: UnsafeMutablePointer<Float>
    ) {
        let width = down.outputWidth
        opening.copyWeights(ofOutput: neuron, into: output)
        let scale = reading.openingSlopes[position, neuron]
        for column in 0..<width { output[column] *= scale }
        guard let passing, let slopes = reading.passingSlopes else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { row in
            guard let row = row.baseAddress else { return }
            passing.copyWeights(ofOutput: neuron, into: row)
            addScaled(slopes[position, neuron], row, to: output, count: width)
        }
    }

    /// What biases add to one neuron at a position of `reading`.
    public func encoderConstant(ofNeuron neuron: Int, position: Int, at reading: NeuronReading) -> Float {
        var constant: Float = 0
        if let bias = opening.bias { constant += reading.openingSlopes[position, neuron] * bias[neuron] }
        if let bias = passing?.bias, let slopes = reading.passingSlopes {
            constant += slopes[position, neuron] * bias[neuron]
        }
        return constant
    }

    /// What the MLP writes where its neurons hold `activations`, `[positionCount, neuronCount]`.
    public func written(_ activations: Matrix) -> Matrix { down.applied(to: activations) }

    /// The same without the output's bias: linear in the activations.
    public func writtenLinearly(_ activations: Matrix) -> Matrix { down.appliedLinearly(to: activations) }

    /// Copies what a unit of each neuron writes, each into a row of `output`, `[modelWidth]` each.
    public func copyDecoderRows(_ neurons: [(neuron: Int, row: Int)], into output: UnsafeMutablePointer<Float>) {
        down.copyWeights(ofInputs: neurons.map { ($0.neuron, $0.row) }, into: output)
    }

    /// Takes gradients at what the MLP writes back to its neurons.
    ///
    /// - Parameters:
    ///   - gradient: `[count, modelWidth]`
    ///   - output: `[count, neuronCount]`, overwritten
    public func passToNeurons(
        _ gradient: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>
    ) {
        down.adjointApply(to: gradient, count: count, into: output)
    }

    /// Takes gradients at the neurons back to what the MLP reads, with the slopes of `reading` held.
    ///
    /// - Parameters:
    ///   - gradient: `[count, neuronCount]`, row `i` at position `i % reach`
    ///   - output: `[count, modelWidth]`, overwritten
    public func passToInput(
        _ gradient: UnsafePointer<Float>, count: Int, reach: Int, at reading: NeuronReading,
        into output: UnsafeMutablePointer<Float>
    ) {
        let (neuronCount, width) = (neuronCount, down.outputWidth)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count * neuronCount) { scaled in
            guard let scaled = scaled.baseAddress else { return }
            func scale(by slopes: Matrix) {
                slopes.values.withUnsafeBufferPointer { slopes in
                    guard let slopes = slopes.baseAddress else { return }
                    for row in 0..<count {
                        scaledProduct(
                            1, gradient + row * neuronCount, slopes + row % reach * neuronCount,
                            into: scaled + row * neuronCount, count: neuronCount)
                    }
                }
            }
            scale(by: reading.openingSlopes)
            opening.adjointApply(to: scaled, count: count, into: output)
            guard let passing, let slopes = reading.passingSlopes else { return }
            scale(by: slopes)
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count * width) { passed in
                guard let passed = passed.baseAddress else { return }
                passing.adjointApply(to: scaled, count: count, into: passed)
                addScaled(1, passed, to: output, count: count * width)
            }
        }
    }

    /// `scale · x ⊙ y`.
    static func product(_ scale: Float, _ x: Matrix, _ y: Matrix) -> Matrix {
        precondition(x.rowCount == y.rowCount && x.columnCount == y.columnCount)
        var result = Matrix(rowCount: x.rowCount, columnCount: x.columnCount)
        result.values.withUnsafeMutableBufferPointer { output in
            if let output = output.baseAddress {
                scaledProduct(scale, x.values, y.values, into: output, count: x.values.count)
            }
        }
        return result
    }
}

extension LanguageModel {
    /// What every neuron holds over several prompts: of each `[layerCount]` of `[positionCount, neuronCount]`.
    ///
    /// - Throws: what ``run(_:embeddings:frozen:scoreChanges:keepingPatternsTo:site:mlpOutput:)`` throws
    public func neuronActivations(of prompts: [[Int]]) throws -> [[Matrix]] {
        var found = prompts.map { _ in [Matrix]() }
        try run(together: prompts, site: .output) { layer, reading, _ in
            let mlp = blocks[layer].mlp
            let held = mlp.neurons(reading.normalized).activations
            var first = 0
            for (index, prompt) in prompts.enumerated() {
                found[index].append(held.rows(first..<first + prompt.count))
                first += prompt.count
            }
            return mlp.written(held)
        }
        return found
    }

    /// What every neuron holds over a prompt: `[layerCount]` of `[positionCount, neuronCount]`.
    ///
    /// - Throws: what ``run(_:embeddings:frozen:scoreChanges:keepingPatternsTo:site:mlpOutput:)`` throws
    public func neuronActivations(_ tokens: [Int]) throws -> [Matrix] {
        try neuronActivations(of: [tokens])[0]
    }
}
