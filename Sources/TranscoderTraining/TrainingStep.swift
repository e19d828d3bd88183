import Tensors

/// One step of training: loss and gradients of a batch, then every parameter moved.
struct TrainingStep {
    /// The settings.
    let settings: TrainingSettings
    /// Threads.
    let jobs: Int

    /// Numbers that one thread moves at a time.
    private static let numbersAtOnce = 1 << 16
    /// How much of the running mean of the smallest kept activation is kept a step.
    private static let leastKeptMemory = 0.99

    private var schedule: TrainingSchedule { TrainingSchedule(settings: settings) }

    /// Takes a step.
    ///
    /// - Throws: `TrainingError` where the loss is no number or grows without bound, `Cancelled`; then nothing has moved
    func take(_ state: inout TrainingState, batch: TrainingBatch, scales: LayerScales) throws {
        let weight = state.sparsity.weight(step: state.step, settings)
        let gradients = TranscoderGradients(
            layers: state.layers, selection: FeatureSelection(settings),
            penalty: SparsityPenalty(weight: weight, steepness: settings.steepness, modelWidth: batch.modelWidth),
            silencePenalty: Float(settings.silencePenalty), jobs: jobs)
        let outcome = try gradients.compute(batch, isSilent: state.use.isSilent(for: settings.silentAfterTokens))
        try check(outcome, state, batch)
        let rate = schedule.learningRate(step: state.step)
        finish(outcome, &state, batch)
        state.curve.add(
            TrainingReport.Point(
                step: state.step, tokens: state.step * settings.batchTokens,
                loss: outcome.loss(modelWidth: batch.modelWidth), penalty: outcome.penalty, penaltyWeight: weight,
                learningRate: rate, gradientNorm: outcome.gradientNorm,
                normalizedErrors: zip(outcome.squaredErrors, scales.outputVariances).map { $1 > 0 ? $0 / $1 : 0 },
                activeFeatures: activeFeatures(outcome),
                deadShares: state.use.silentShares(for: settings.deadAfterTokens),
                decoderNorms: state.layers.map { layer in
                    (0..<layer.featureCount).reduce(0) { $0 + Double(layer.writtenNorm($1)) }
                        / Double(layer.featureCount)
                }),
            steps: settings.steps)
    }

    /// Of each layer: features that fired at a token.
    private func activeFeatures(_ outcome: TranscoderGradients.Outcome) -> [Double] {
        outcome.active.map { Double($0.firingCount) / Double($0.tokenCount) }
    }

    /// How many times the first loss is taken for divergence: the mean output alone leaves about as much as it.
    private static let divergence = 4.0

    private func check(
        _ outcome: TranscoderGradients.Outcome, _ state: TrainingState, _ batch: TrainingBatch
    ) throws(TrainingError) {
        let loss = outcome.loss(modelWidth: batch.modelWidth)
        let rate = schedule.learningRate(step: state.step)
        guard loss.isFinite, outcome.gradientNorm.isFinite else {
            throw TrainingError(
                "step \(state.step + 1): expected a finite loss, found \(loss) at a learning rate of \(rate)")
        }
        if let first = state.firstLoss, loss > Self.divergence * first {
            throw TrainingError(
                "step \(state.step + 1): the loss grew from \(first) at first to \(loss) at a learning rate of \(rate)")
        }
    }

    /// Moves the parameters and takes in what happened.
    private func finish(
        _ outcome: TranscoderGradients.Outcome, _ state: inout TrainingState, _ batch: TrainingBatch
    ) {
        move(state.layers, schedule.adamStep(step: state.step, gradientNorm: outcome.gradientNorm))
        let active = activeFeatures(outcome)
        state.use.record(outcome.active)
        state.sparsity.record(
            active: active.reduce(0, +) / Double(active.count), step: state.step, settings)
        recordLeastKept(outcome.active, &state)
        if state.firstLoss == nil { state.firstLoss = outcome.loss(modelWidth: batch.modelWidth) }
        if schedule.revives(after: state.step) {
            state.revivedFeatures += FeatureRevival.revive(
                state.layers, batch: batch, outcome: outcome,
                isSilent: state.use.isSilent(for: settings.revivedAfterTokens),
                threshold: TranscoderInitialization.threshold(settings), use: &state.use, &state.numbers)
        }
        state.step += 1
    }

    /// Moves every parameter; thresholds stay at zero or above.
    private func move(_ layers: [TranscoderParameters], _ step: AdamStep) {
        var pieces: [(array: ParameterArray, range: Range<Int>)] = []
        for layer in layers {
            for (_, array) in layer.arrays {
                for first in stride(from: 0, to: array.count, by: Self.numbersAtOnce) {
                    pieces.append((array, first..<min(first + Self.numbersAtOnce, array.count)))
                }
            }
        }
        inParallel(count: pieces.count, jobs: jobs) { [pieces] in pieces[$0].array.move(pieces[$0].range, step) }
        for layer in layers where layer.hasThresholds {
            for feature in 0..<layer.featureCount {
                layer.threshold.values[feature] = max(0, layer.threshold.values[feature])
            }
        }
    }

    private func recordLeastKept(_ active: [SparseActivations], _ state: inout TrainingState) {
        guard settings.activation == .batchTopK else { return }
        let least = active.map { Double($0.activations.min() ?? 0) }
        state.leastKept =
            state.leastKept.isEmpty
            ? least
            : zip(state.leastKept, least).map { Self.leastKeptMemory * $0 + (1 - Self.leastKeptMemory) * $1 }
    }
}

extension TrainingSettings {
    /// Tokens without firing after which a feature is pulled towards firing: long before it counts as dead.
    var silentAfterTokens: Int { deadAfterTokens / 10 }
    /// Tokens without firing after which a feature is given something new to do.
    var revivedAfterTokens: Int { deadAfterTokens / 4 }
}
