import Tensors

/// A linear map with an optional bias: `y = x Wᵀ + b`.
///
/// The weight stays as it is stored, `[outputWidth, inputWidth]` or, as GPT-2's Conv1D has it, the other way round.
public struct Projection: Sendable {
    /// Which way round the weight is stored.
    public enum Orientation: Sendable {
        /// `[outputWidth, inputWidth]`, as linear layers have it.
        case outputByInput
        /// `[inputWidth, outputWidth]`, as Conv1D has it.
        case inputByOutput
    }

    /// As it is stored.
    public let weight: StoredMatrix
    /// `[outputWidth]`.
    public let bias: [Float]?
    /// Which way round `weight` is.
    public let orientation: Orientation

    /// Describes a weight and what is added after it.
    public init(_ weight: StoredMatrix, bias: [Float]? = nil, orientation: Orientation = .outputByInput) {
        self.weight = weight
        self.bias = bias
        self.orientation = orientation
        precondition(bias.map { $0.count == outputWidth } ?? true)
    }

    /// Numbers in, a row.
    public var inputWidth: Int { orientation == .outputByInput ? weight.columnCount : weight.rowCount }
    /// Numbers out, a row.
    public var outputWidth: Int { orientation == .outputByInput ? weight.rowCount : weight.columnCount }

    /// `x Wᵀ + b` for `x` of shape `[n, inputWidth]`, giving `[n, outputWidth]`.
    public func applied(to x: Matrix) -> Matrix {
        var result = appliedLinearly(to: x)
        if let bias {
            result.values.withUnsafeMutableBufferPointer { values in
                guard let base = values.baseAddress else { return }
                for row in 0..<x.rowCount { addScaled(1, bias, to: base + row * bias.count, count: bias.count) }
            }
        }
        return result
    }

    /// `x Wᵀ`, without the bias.
    public func appliedLinearly(to x: Matrix) -> Matrix {
        switch orientation {
        case .outputByInput: weight.applied(to: x)
        case .inputByOutput: weight.transposeApplied(to: x)
        }
    }

    /// `x Wᵀ`, without the bias.
    ///
    /// - Parameters:
    ///   - x: `[count, inputWidth]`
    ///   - output: `[count, outputWidth]`, overwritten
    public func applyLinearly(to x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        switch orientation {
        case .outputByInput: weight.apply(to: x, count: count, into: output)
        case .inputByOutput: weight.transposeApply(to: x, count: count, into: output)
        }
    }

    /// Copies the weights that give one output, `[inputWidth]`.
    func copyWeights(ofOutput output: Int, into row: UnsafeMutablePointer<Float>) {
        switch orientation {
        case .outputByInput: weight.copyRows(output, into: row)
        case .inputByOutput: weight.copyColumns([(output, 0)], into: row)
        }
    }

    /// Copies the weights that some inputs are multiplied by, each into a row of `rows`, `[outputWidth]` each.
    func copyWeights(ofInputs inputs: [(input: Int, row: Int)], into rows: UnsafeMutablePointer<Float>) {
        switch orientation {
        case .outputByInput: weight.copyColumns(inputs.map { ($0.input, $0.row) }, into: rows)
        case .inputByOutput:
            for place in inputs { weight.copyRows(place.input, into: rows + place.row * outputWidth) }
        }
    }

    /// Takes gradients back from the output to the input: `g W`, the bias having none.
    ///
    /// - Parameters:
    ///   - gradient: `[count, outputWidth]`
    ///   - output: `[count, inputWidth]`, overwritten
    public func adjointApply(
        to gradient: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>
    ) {
        switch orientation {
        case .outputByInput: weight.transposeApply(to: gradient, count: count, into: output)
        case .inputByOutput: weight.apply(to: gradient, count: count, into: output)
        }
    }

    /// The weight as Float32, `[outputWidth, inputWidth]` however it is stored.
    public func matrix() -> Matrix {
        let stored = weight.matrix()
        if orientation == .outputByInput { return stored }
        var result = Matrix(rowCount: outputWidth, columnCount: inputWidth)
        for row in 0..<outputWidth {
            for column in 0..<inputWidth { result[row, column] = stored[column, row] }
        }
        return result
    }

    /// The part of it that gives the outputs `range`: what lies side by side in one weight, taken apart.
    ///
    /// - Precondition: the weight lies output by input
    func outputs(_ range: Range<Int>) -> Projection {
        precondition(orientation == .outputByInput)
        return Projection(weight.rows(range, ofEvery: weight.rowCount), bias: bias.map { Array($0[range]) })
    }
}
