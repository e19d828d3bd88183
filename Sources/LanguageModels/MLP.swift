import Tensors

/// What a block computes at each position by itself: `down(act(up(x)))`, or gated `down(act(gate(x)) ⊙ up(x))`.
public struct MLP: Sendable {
    /// The non-linearity, and what it acts on.
    public enum Activation: Sendable {
        /// SwiGLU, with the gate's projection.
        case gatedSiLU(Projection)
        /// GeGLU with GELU's tanh form, with the gate's projection.
        case gatedGELUTanh(Projection)
        /// GeGLU with GELU by the error function, with the gate's projection.
        case gatedGELU(Projection)
        /// GELU by the error function.
        case gelu
        /// GELU by the hyperbolic tangent.
        case geluTanh
    }

    /// The non-linearity, and what it acts on.
    let activation: Activation
    /// `modelWidth` to `hiddenWidth`.
    let up: Projection
    /// `hiddenWidth` to `modelWidth`.
    let down: Projection

    /// Numbers of its projections' weights.
    public var weightCount: Int {
        let own = up.inputWidth * up.outputWidth
        switch activation {
        case .gatedSiLU, .gatedGELUTanh, .gatedGELU: return 3 * own
        case .gelu, .geluTanh: return 2 * own
        }
    }

    /// What the MLP writes for what it reads, both `[positionCount, modelWidth]`.
    func applied(to x: Matrix) -> Matrix {
        switch activation {
        case .gatedSiLU(let gate): gated(x, gate, siluGate)
        case .gatedGELUTanh(let gate): gated(x, gate, geluTanhGate)
        case .gatedGELU(let gate): gated(x, gate, geluGate)
        case .gelu: plain(x, gelu)
        case .geluTanh: plain(x, geluTanh)
        }
    }

    private func gated(
        _ x: Matrix, _ gate: Projection,
        _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Matrix {
        let opening = gate.applied(to: x)
        let passing = up.applied(to: x)
        var hidden = Matrix(rowCount: x.rowCount, columnCount: opening.columnCount)
        hidden.values.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            kernel(opening.values, passing.values, output, opening.values.count)
        }
        return down.applied(to: hidden)
    }

    private func plain(_ x: Matrix, _ kernel: (UnsafeMutablePointer<Float>, Int) -> Void) -> Matrix {
        var hidden = up.applied(to: x)
        hidden.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            kernel(base, values.count)
        }
        return down.applied(to: hidden)
    }
}
