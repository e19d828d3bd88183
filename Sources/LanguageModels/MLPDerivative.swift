import Tensors

extension MLP {
    /// `d act(z) / dz` in place.
    private func derivative(_ values: UnsafeMutablePointer<Float>, count: Int) {
        switch activation {
        case .gatedSiLU: siluDerivative(values, count: count)
        case .gatedGELUTanh, .geluTanh: geluTanhDerivative(values, count: count)
        case .gatedGELU, .gelu: geluDerivative(values, count: count)
        }
    }

    /// The neurons over what the MLP reads, with their derivatives in the place of the slopes that `neurons` holds:
    ///
    ///     without a gate   a = act(z)       opening slope act'(z)
    ///     with one         a = act(g) · u   opening slope act'(g) u, passing slope act(g)
    ///
    /// What ``passToInput(_:count:reach:at:into:)`` makes of a gradient at this reading is the MLP's own derivative.
    ///
    /// - Parameter x: `[positionCount, modelWidth]`
    public func derivatives(_ x: Matrix) -> NeuronReading {
        let opened = opening.applied(to: x)
        var (slopes, steep) = (opened, opened)
        slopes.values.withUnsafeMutableBufferPointer { values in
            if let base = values.baseAddress { slope(base, count: values.count) }
        }
        steep.values.withUnsafeMutableBufferPointer { values in
            if let base = values.baseAddress { derivative(base, count: values.count) }
        }
        let acted = Self.product(1, slopes, opened)
        guard let passing else { return NeuronReading(activations: acted, openingSlopes: steep, passingSlopes: nil) }
        let passed = passing.applied(to: x)
        return NeuronReading(
            activations: Self.product(1, acted, passed), openingSlopes: Self.product(1, steep, passed),
            passingSlopes: acted)
    }
}
