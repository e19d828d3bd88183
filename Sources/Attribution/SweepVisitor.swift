/// The gradients of a sweep's targets at one place of the network.
struct SweepGradients {
    /// `[live, reach, width]`: targets, the positions up to their own, the residual stream's width.
    let base: UnsafeMutablePointer<Float>
    /// Targets that have started.
    let live: Int
    /// Positions: those up to the targets' own.
    let reach: Int
    /// The residual stream's width.
    let width: Int

    /// Rows of `width` numbers; row `i` is of target `i / reach` at position `i % reach`.
    var rowCount: Int { live * reach }

    /// One row.
    func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * width }
}

/// What an adjoint sweep does with the gradients that it brings along: reads sources off them, and passes them through
/// what stands in the MLPs' place.
///
/// Targets are counted from 0 in the order in which the sweep was given them.
protocol SweepVisitor {
    /// Reads gradients at the end of a block: with respect to everything that its MLP, or what replaces it, adds.
    ///
    /// - Returns: floating-point operations, as all functions of a sweep count them
    func readBlock(layer: Int, _ gradients: SweepGradients) -> Int

    /// Adds to the gradients what flows through what stands in the MLP's place.
    func passMLP(layer: Int, _ gradients: SweepGradients) -> Int

    /// Reads gradients at attention's place: with respect to its heads' outputs, and to the residual stream around it.
    ///
    /// - Parameters:
    ///   - gradients: of everything that passes attention by; targets that read below attention are not among them
    ///   - heads: `[live, reach, headCount * headWidth]`
    func readAttention(layer: Int, _ gradients: SweepGradients, heads: UnsafePointer<Float>) -> Int

    /// Takes note of what a target reads whatever the sources hold.
    func add(constant: Float, target: Int)

    /// Reads gradients at the bottom of the network: with respect to what embeddings and learned positions add.
    func readBottom(_ gradients: SweepGradients)
}

extension SweepVisitor {
    func readAttention(layer: Int, _ gradients: SweepGradients, heads: UnsafePointer<Float>) -> Int { 0 }
}
