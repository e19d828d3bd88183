import Tensors

/// The loss of a set of transcoders on a batch, and its gradient by every parameter.
///
///     loss = mean over tokens of  Σ layers |ŷ − y|² / modelWidth  +  Σ features weight · tanh(steepness · a |W|)
///
/// Decoders, their gradients and the encoders' gradients are visited only where a feature fires. With JumpReLU a threshold
/// is moved by the tokens that come within half a bandwidth of it: `∂loss/∂θ = − θ / bandwidth · ∂loss/∂a` there.
///
/// - SeeAlso: Rajamanoharan et al. 2024, "Jumping Ahead", equation 11
struct TranscoderGradients {
    /// The layers, in order.
    let layers: [TranscoderParameters]
    /// When features fire.
    let selection: FeatureSelection
    /// What firing costs.
    let penalty: SparsityPenalty
    /// How strongly a silent feature is pulled towards firing.
    let silencePenalty: Float
    /// Threads.
    let jobs: Int

    /// What a batch gave.
    struct Outcome {
        /// Of each layer: the mean over tokens of `|ŷ − y|²`.
        var squaredErrors: [Double]
        /// The mean over tokens of what firing costs.
        var penalty: Double
        /// The features that fired.
        var active: [SparseActivations]
        /// `[tokenCount, layerCount, modelWidth]`: `∂loss/∂ŷ`, the errors times `2 / (modelWidth · tokenCount)`.
        var errorGradients: NumberBuffer
        /// The norm of all gradients together.
        var gradientNorm: Double

        /// The loss.
        func loss(modelWidth: Int) -> Double { squaredErrors.reduce(0, +) / Double(modelWidth) + penalty }
    }

    /// Gradients at one layer's entries.
    private struct EntrySlopes: Sendable {
        /// By the activation.
        let activation: NumberBuffer
        /// By the size of the contribution, the penalty's part alone.
        let size: NumberBuffer

        init(count: Int) {
            activation = NumberBuffer(count: count)
            size = NumberBuffer(count: count)
        }
    }

    /// Tokens, and features, that one thread takes at a time.
    private static let tokensAtOnce = 32
    private static let featuresAtOnce = 64

    /// Computes the loss and fills the parameters' gradients.
    ///
    /// - Parameter isSilent: for each layer whether a feature has long not fired; such features are pulled towards firing
    /// - Throws: `Cancelled`; then the gradients mean nothing
    func compute(_ batch: TrainingBatch, isSilent: [[Bool]]) throws -> Outcome {
        let active = try mapInParallel(count: layers.count, jobs: jobs) { index in
            selection.active(layers[index], inputs: batch.inputs(ofLayer: index), tokenCount: batch.tokenCount)
        }
        let norms = layers.map { layer in (0..<layer.featureCount).map { layer.writtenNorm($0) } }
        let slopes = active.map { EntrySlopes(count: $0.features.count) }
        let errors = NumberBuffer(count: batch.targets.count)
        let (squaredErrors, costs) = try reconstruct(batch, active, norms: norms, slopes: slopes, errors: errors)
        let squares = try differentiate(
            batch, active, norms: norms, slopes: slopes, errors: errors, isSilent: isSilent)
        return Outcome(
            squaredErrors: squaredErrors, penalty: costs, active: active, errorGradients: errors,
            gradientNorm: squares.squareRoot())
    }

    /// Reconstructs every token; fills the gradient at each layer's reconstruction and at each entry's activation.
    private func reconstruct(
        _ batch: TrainingBatch, _ active: [SparseActivations], norms: [[Float]], slopes: [EntrySlopes],
        errors: NumberBuffer
    ) throws -> (squaredErrors: [Double], penalty: Double) {
        let (width, tokens, layerCount) = (batch.modelWidth, batch.tokenCount, layers.count)
        for layer in layers where layer.hasSkip {
            multiplyByTransposed(
                batch.inputs(ofLayer: layer.layer), stride: width, layer.skip.values, stride: width,
                into: errors.base + layer.layer * width, stride: layerCount * width, rowCount: tokens,
                columnCount: width, innerCount: width)
        }
        let sums = NumberBuffer(count: tokens * (layerCount + 1))
        let pieces = (tokens + Self.tokensAtOnce - 1) / Self.tokensAtOnce
        try inParallelUnlessCancelled(count: pieces, jobs: jobs) { piece in
            let first = piece * Self.tokensAtOnce
            let range = first..<min(first + Self.tokensAtOnce, tokens)
            reconstruct(range, batch, active, errors: errors, sums: sums)
            for layer in layers {
                differentiateEntries(
                    layer, range, batch, active[layer.layer], norms: norms[layer.layer], slopes: slopes[layer.layer],
                    errors: errors, sums: sums)
            }
        }
        var totals = [Double](repeating: 0, count: layerCount + 1)
        for token in 0..<tokens {
            for place in 0...layerCount { totals[place] += Double(sums.base[token * (layerCount + 1) + place]) }
        }
        for place in totals.indices { totals[place] /= Double(tokens) }
        return (Array(totals[..<layerCount]), totals[layerCount])
    }

    /// Reconstructs some tokens: fills their errors' gradients and sums up their squared errors.
    ///
    /// - Parameters:
    ///   - errors: `[tokenCount, layerCount, modelWidth]`, what the skips write; overwritten
    ///   - sums: `[tokenCount, layerCount + 1]`; the layers' squared errors are written
    private func reconstruct(
        _ tokens: Range<Int>, _ batch: TrainingBatch, _ active: [SparseActivations], errors: NumberBuffer,
        sums: NumberBuffer
    ) {
        let width = batch.modelWidth
        let step = layers.count * width
        let start = errors.base + tokens.lowerBound * step
        addScaled(-1, batch.targets(atToken: tokens.lowerBound), to: start, count: tokens.count * step)
        for layer in layers {
            let (entries, rowCount) = (active[layer.layer], layer.decoderRowCount)
            let (decoder, bias) = (layer.decoder.values, layer.decoderBias.values)
            for token in tokens {
                let own = errors.base + token * step + layer.layer * width
                addScaled(1, bias, to: own, count: width)
                for entry in entries.tokenStarts[token]..<entries.tokenStarts[token + 1] {
                    let activation = entries.activations[entry]
                    guard activation != 0 else { continue }
                    addScaled(
                        activation, decoder + Int(entries.features[entry]) * rowCount, to: own, count: rowCount)
                }
            }
        }
        let scale = 2 / Float(width * batch.tokenCount)
        for token in tokens {
            let row = errors.base + token * step
            for place in layers.indices {
                sums.base[token * (layers.count + 1) + place] = squareSum(row + place * width, count: width)
            }
        }
        for index in 0..<tokens.count * step { start[index] *= scale }
    }

    /// Fills the gradients at a layer's entries of some tokens, and adds up what firing costs.
    private func differentiateEntries(
        _ layer: TranscoderParameters, _ tokens: Range<Int>, _ batch: TrainingBatch, _ entries: SparseActivations,
        norms: [Float], slopes: EntrySlopes, errors: NumberBuffer, sums: NumberBuffer
    ) {
        let (rowCount, decoder) = (layer.decoderRowCount, layer.decoder.values)
        let share = 1 / Float(batch.tokenCount)
        for token in tokens {
            let error = errors.base + (token * layers.count + layer.layer) * batch.modelWidth
            var cost: Float = 0
            for entry in entries.tokenStarts[token]..<entries.tokenStarts[token + 1] {
                let feature = Int(entries.features[entry])
                let price = penalty.price(entries.activations[entry] * norms[feature])
                cost += price.cost
                slopes.size.base[entry] = share * price.slope
                slopes.activation.base[entry] =
                    dot(decoder + feature * rowCount, error, count: rowCount) + share * price.slope * norms[feature]
            }
            sums.base[token * (layers.count + 1) + layers.count] += cost
        }
    }

    /// Fills the parameters' gradients, and answers the sum of their squares.
    private func differentiate(
        _ batch: TrainingBatch, _ active: [SparseActivations], norms: [[Float]], slopes: [EntrySlopes],
        errors: NumberBuffer, isSilent: [[Bool]]
    ) throws -> Double {
        let prepared = try mapInParallel(count: layers.count, jobs: jobs) { index in
            (
                order: active[index].byFeature(count: layers[index].featureCount),
                meanInput: batch.meanInput(ofLayer: index),
                squares: differentiateShared(layers[index], batch, errors: errors)
            )
        }
        var pieces: [(layer: Int, features: Range<Int>)] = []
        for layer in layers {
            for first in stride(from: 0, to: layer.featureCount, by: Self.featuresAtOnce) {
                pieces.append((layer.layer, first..<min(first + Self.featuresAtOnce, layer.featureCount)))
            }
        }
        let squares = try mapInParallel(count: pieces.count, jobs: jobs) { [pieces] index in
            let (place, features) = pieces[index]
            for feature in features {
                differentiate(
                    feature, layers[place], batch, active[place], prepared[place].order, size: norms[place][feature],
                    slopes: slopes[place], errors: errors)
                if isSilent[place][feature] {
                    wake(feature, layers[place], meanInput: prepared[place].meanInput, size: norms[place][feature])
                }
            }
            return squareOfGradients(layers[place], features)
        }
        return prepared.reduce(0) { $0 + $1.squares } + squares.reduce(0, +)
    }

    /// Decoder bias and skip of a layer.
    private func differentiateShared(
        _ layer: TranscoderParameters, _ batch: TrainingBatch, errors: NumberBuffer
    ) -> Double {
        let (width, step) = (batch.modelWidth, layers.count * batch.modelWidth)
        let own = errors.base + layer.layer * width
        layer.decoderBias.clearGradients()
        for token in 0..<batch.tokenCount {
            addScaled(1, own + token * step, to: layer.decoderBias.gradients, count: width)
        }
        if layer.hasSkip {
            multiplyTransposed(
                own, stride: step, batch.inputs(ofLayer: layer.layer), stride: width, into: layer.skip.gradients,
                stride: width, rowCount: width, columnCount: width, innerCount: batch.tokenCount)
        }
        return layer.decoderBias.gradientSquares(0..<width) + layer.skip.gradientSquares(0..<layer.skip.count)
    }

    /// Everything that belongs to one feature.
    private func differentiate(
        _ feature: Int, _ layer: TranscoderParameters, _ batch: TrainingBatch, _ entries: SparseActivations,
        _ order: SparseActivations.FeatureOrder, size: Float, slopes: EntrySlopes, errors: NumberBuffer
    ) {
        let (width, rowCount, step) = (layer.modelWidth, layer.decoderRowCount, layers.count * layer.modelWidth)
        let decoderGradient = layer.decoder.gradients + feature * rowCount
        let encoderGradient = layer.encoder.gradients + feature * width
        decoderGradient.update(repeating: 0, count: rowCount)
        encoderGradient.update(repeating: 0, count: width)
        var (biasGradient, thresholdGradient, sizeGradient): (Float, Float, Float) = (0, 0, 0)
        let (inputs, own) = (batch.inputs(ofLayer: layer.layer), errors.base + layer.layer * width)
        let (activationSlopes, sizeSlopes) = (slopes.activation.base, slopes.size.base)
        var (reach, pull): (Float, Float) = (0, 0)
        if case .jumpReLU(let bandwidth) = selection {
            (reach, pull) = (bandwidth / 2, layer.threshold.values[feature] / bandwidth)
        }
        for place in order.starts[feature]..<order.starts[feature + 1] {
            let (entry, token) = (Int(order.entries[place]), Int(order.tokens[place]))
            let (activation, slope) = (entries.activations[entry], activationSlopes[entry])
            if abs(entries.excesses[entry]) < reach { thresholdGradient -= pull * slope }
            guard activation != 0 else { continue }
            addScaled(activation, own + token * step, to: decoderGradient, count: rowCount)
            addScaled(slope, inputs + token * width, to: encoderGradient, count: width)
            biasGradient += slope
            sizeGradient += activation * sizeSlopes[entry]
        }
        if size > 0, sizeGradient != 0 {
            addScaled(
                sizeGradient / size, layer.decoder.values + feature * rowCount, to: decoderGradient, count: rowCount)
        }
        layer.encoderBias.gradients[feature] = biasGradient
        if layer.hasThresholds { layer.threshold.gradients[feature] = thresholdGradient }
    }

    /// Pulls a feature that does not fire towards firing: `silencePenalty · |W| · (θ − pre)` at every token.
    private func wake(_ feature: Int, _ layer: TranscoderParameters, meanInput: [Float], size: Float) {
        let pull = silencePenalty * size
        addScaled(
            -pull, meanInput, to: layer.encoder.gradients + feature * layer.modelWidth, count: layer.modelWidth)
        layer.encoderBias.gradients[feature] -= pull
        if layer.hasThresholds { layer.threshold.gradients[feature] += pull }
    }

    private func squareOfGradients(_ layer: TranscoderParameters, _ features: Range<Int>) -> Double {
        func scaled(_ step: Int) -> Range<Int> { features.lowerBound * step..<features.upperBound * step }
        return layer.encoder.gradientSquares(scaled(layer.modelWidth))
            + layer.decoder.gradientSquares(scaled(layer.decoderRowCount))
            + layer.encoderBias.gradientSquares(features)
            + (layer.hasThresholds ? layer.threshold.gradientSquares(features) : 0)
    }
}
