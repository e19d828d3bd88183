import Tensors

/// SwiGLU: `down(silu(gate(x)) ⊙ up(x))`.
public struct GatedMLP: Sendable {
    /// `[hiddenWidth, modelWidth]`.
    let gateWeight: StoredMatrix
    /// `[hiddenWidth, modelWidth]`.
    let upWeight: StoredMatrix
    /// `[modelWidth, hiddenWidth]`.
    let downWeight: StoredMatrix

    /// What the MLP writes for what it reads, both `[positionCount, modelWidth]`.
    func applied(to x: Matrix) -> Matrix {
        let gate = gateWeight.applied(to: x)
        let up = upWeight.applied(to: x)
        var hidden = Matrix(rowCount: x.rowCount, columnCount: gate.columnCount)
        hidden.values.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            siluGate(gate.values, up.values, into: output, count: gate.values.count)
        }
        return downWeight.applied(to: hidden)
    }
}
