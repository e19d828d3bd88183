import LanguageModels
import Tensors
import Transcoders

/// Takes the dot products of gradients with every source of a graph, straight into the targets' rows.
///
///     row[s] += g[p] · (a_s W_dec[s → layer])     for every source s active at p; errors and constants alike
///     g += skip's adjoint                          where the transcoder has one
///     row[token p] = g[p] · embedding[p]           at the bottom
struct EdgeVisitor: SweepVisitor {
    let basis: FeatureBasis
    let local: LocalReplacementModel
    let rows: EdgeRows
    /// The row of the sweep's first target.
    let first: Int
    /// How exactly products are computed.
    var precision = ProductPrecision.float32
    /// Decoder rows laid out for that precision.
    var rounded: RoundedDecoders?

    func add(constant: Float, target: Int) { rows.row(first + target)[local.layout.bias] += constant }

    /// Takes the dot products with everything that writes to `layer`.
    func readBlock(layer: Int, _ gradients: SweepGradients) -> Int {
        let layout = local.layout
        var operations = 0
        for position in 0..<gradients.reach {
            operations += local.multiply(
                gradients, layer: layer, position: position, precision, rounded, accumulate: true
            ) { block in (rows.row(first) + block.firstColumn, rows.columnCount) }
        }
        local.decoders.release(writtenTo: layer)
        operations += gradients.readRemainders(ofLayer: layer, local) { target, position, error, constant in
            let row = rows.row(first + target)
            row[layout.error(layer: layer, position: position)] = error
            row[layout.bias] += constant
        }
        return operations
    }

    func passMLP(layer: Int, _ gradients: SweepGradients) -> Int { gradients.passSkip(ofLayer: layer, basis, local) }

    /// Takes the dot products with what is at the bottom: token embeddings and learned positions.
    func readBottom(_ gradients: SweepGradients) {
        gradients.readBottom(local) { target, position, product in
            rows.row(first + target)[local.layout.token(position: position)] = product
        } bias: { target, product in
            rows.row(first + target)[local.layout.bias] += product
        }
    }
}

extension SweepGradients {
    /// Adds gradients at an input hook, `[live, reach, width]`, taken to the residual stream.
    func add(_ atHook: UnsafePointer<Float>, through adjoint: NormAdjoint) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { residual in
            guard let residual = residual.baseAddress else { return }
            for index in 0..<rowCount {
                adjoint.apply(atHook + index * width, position: index % reach, into: residual)
                addScaled(1, residual, to: row(index), count: width)
            }
        }
    }

    /// Takes the dot products with the errors and constants that are written to `layer`.
    ///
    /// - Parameter body: called with target, position, and the products with the error and with the constant
    /// - Returns: floating-point operations
    func readRemainders(
        ofLayer layer: Int, _ local: LocalReplacementModel,
        _ body: (_ target: Int, _ position: Int, _ error: Float, _ constant: Float) -> Void
    ) -> Int {
        local.addedErrors[layer].values.withUnsafeBufferPointer { errors in
            local.constants[layer].values.withUnsafeBufferPointer { constants in
                guard let errors = errors.baseAddress, let constants = constants.baseAddress else { return }
                for target in 0..<live {
                    for position in 0..<reach {
                        let (error, constant) = twoDots(
                            row(target * reach + position), errors + position * width, constants + position * width,
                            count: width)
                        body(target, position, error, constant)
                    }
                }
            }
        }
        return 4 * live * reach * width
    }

    /// Takes the dot products with token embeddings, one a position, and with learned positions, which are part of the bias.
    func readBottom(
        _ local: LocalReplacementModel, token: (_ target: Int, _ position: Int, _ product: Float) -> Void,
        bias: (_ target: Int, _ product: Float) -> Void
    ) {
        local.trace.embeddings.values.withUnsafeBufferPointer { embeddings in
            guard let embeddings = embeddings.baseAddress else { return }
            for target in 0..<live {
                for position in 0..<reach {
                    token(
                        target, position,
                        dot(row(target * reach + position), embeddings + position * width, count: width))
                }
            }
        }
        local.trace.positions?.values.withUnsafeBufferPointer { positions in
            guard let positions = positions.baseAddress else { return }
            // Both lie position after position, so one dot product takes the whole prompt.
            for target in 0..<live { bias(target, dot(row(target * reach), positions, count: reach * width)) }
        }
    }

    /// Adds what flows through a transcoder's linear skip, where there is one.
    func passSkip(ofLayer layer: Int, _ basis: FeatureBasis, _ local: LocalReplacementModel) -> Int {
        guard let skip = basis.skip(ofLayer: layer) else { return 0 }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rowCount * width) { passed in
            guard let passed = passed.baseAddress else { return }
            if let adjoint = local.frozen.outputAdjoints[layer] {
                withUnsafeTemporaryAllocation(of: Float.self, capacity: rowCount * width) { atHook in
                    guard let atHook = atHook.baseAddress else { return }
                    for index in 0..<rowCount {
                        adjoint.apply(row(index), position: index % reach, into: atHook + index * width)
                    }
                    skip.transposeApply(to: atHook, count: rowCount, into: passed)
                }
            } else {
                skip.transposeApply(to: base, count: rowCount, into: passed)
            }
            add(passed, through: local.frozen.inputAdjoints[layer])
        }
        return 2 * rowCount * width * width
    }
}
