import Circuits
import LanguageModels
import Tensors

/// The neurons of one prompt: what they hold, what they do to the targets, and what those that are no nodes write.
struct NeuronPrompt {
    private let frozen: FrozenPrompt
    private let basis: NeuronBasis
    private let layers: [FrozenNeuronLayer]
    /// `[layerCount]` of `[positionCount, neuronCount]`: activations less their baseline.
    private let deviations: [Matrix]
    private let baselines: [Matrix?]

    /// Targets a piece of a sweep; pieces are added in order, so that the number of threads changes no digit.
    private static let targetsAPiece = 4

    /// - Precondition: `frozen` is of neurons, and the baseline fits the prompt
    init(_ frozen: FrozenPrompt, basis: NeuronBasis) {
        self.frozen = frozen
        self.basis = basis
        layers = frozen.encoders.map { encoder in
            guard let layer = encoder as? FrozenNeuronLayer else { preconditionFailure("features are not neurons") }
            return layer
        }
        let baseline = basis.baseline ?? .zero
        baselines = layers.indices.map { baseline.matrix(layer: $0, positionCount: frozen.positionCount) }
        deviations = zip(layers, baselines).map { layer, baseline in
            var deviation = layer.reading.activations
            guard let baseline else { return deviation }
            for index in deviation.values.indices { deviation.values[index] -= baseline.values[index] }
            return deviation
        }
    }

    /// What each neuron does to the targets, on every path with slopes held: `[layerCount]` of
    /// `[positionCount, neuronCount]`.
    ///
    /// - Parameters:
    ///   - jobs: threads
    ///   - costs: what is told what the sweeps took
    func effects(
        of selection: TargetSelection, model: LanguageModel, weights: AdjointWeights, jobs: Int, _ costs: PhaseCosts
    ) throws(Cancelled) -> [Matrix] {
        let sweep = AdjointSweep(
            model: model, weights: weights, prompt: frozen, readings: selection.readings, activeFeatures: [],
            costs: costs)
        let targets = selection.sweepTargets(layerCount: model.configuration.layerCount)
            .sorted { ($0.position, $1.layer) < ($1.position, $0.layer) }
        var pieces: [[SweepTarget]] = []
        for target in targets {
            if let last = pieces.last, last.count < Self.targetsAPiece, last[0].position == target.position {
                pieces[pieces.count - 1].append(target)
            } else {
                pieces.append([target])
            }
        }
        var sum = deviations.map { Matrix(rowCount: $0.rowCount, columnCount: $0.columnCount) }
        // So many visitors at once as there are threads: each holds a number for every neuron.
        for start in stride(from: 0, to: pieces.count, by: max(1, jobs)) {
            let now = Array(pieces[start..<min(pieces.count, start + max(1, jobs))])
            let visitors = now.map { piece in
                NeuronEffectVisitor(
                    prompt: frozen, layers: layers, deviations: deviations,
                    targetWeights: piece.map { $0.weight(in: selection) })
            }
            let work = zip(now, visitors).map { SweepWork(targets: $0, visitor: $1) }
            try inParallelUnlessCancelled(count: work.count, jobs: jobs) { work[$0].run(sweep) }
            for item in work {
                for (layer, effects) in item.visitor.effects.enumerated() { sum[layer].add(effects) }
            }
        }
        return sum
    }

    /// Chooses the nodes.
    func choice(_ effects: [Matrix]) -> NeuronChoice {
        NeuronChoice(
            effects: effects, deviations: deviations, firstPosition: frozen.firstCountedPosition,
            options: basis.options)
    }

    /// The chosen neurons as features.
    func features(_ choice: NeuronChoice) -> PromptFeatures {
        PromptFeatures(
            active: choice.places.map { place in
                ActiveFeature(
                    layer: place.layer, position: place.position, index: place.index,
                    activation: layers[place.layer].reading.activations[place.position, place.index])
            },
            values: choice.places.map { layers[$0.layer].reading.activations[$0.position, $0.index] },
            contributions: choice.places.map { deviations[$0.layer][$0.position, $0.index] })
    }

    /// What the neurons that are no nodes write, and what is written whatever neurons do: the output's bias, the baseline,
    /// and everything at positions that do not count. Both `[layerCount]` of `[positionCount, modelWidth]`.
    func remainders(_ choice: NeuronChoice) -> (errors: [Matrix], constants: [Matrix]) {
        var left = deviations
        for place in choice.places { left[place.layer][place.position, place.index] = 0 }
        var errors: [Matrix] = []
        var constants: [Matrix] = []
        for (index, layer) in layers.enumerated() {
            let own = frozen.trace.layers[index].mlpOutput
            let uncounted = min(frozen.firstCountedPosition, own.rowCount)
            let neuronCount = layer.mlp.neuronCount
            for place in 0..<uncounted * neuronCount { left[index].values[place] = 0 }
            let isWhole = left[index].values.allSatisfy { $0 == 0 }
            errors.append(
                isWhole
                    ? Matrix(rowCount: own.rowCount, columnCount: own.columnCount)
                    : layer.mlp.writtenLinearly(left[index]))
            var constant = layer.mlp.written(
                baselines[index] ?? Matrix(rowCount: own.rowCount, columnCount: neuronCount))
            constant.values.replaceSubrange(
                0..<uncounted * own.columnCount, with: own.values[0..<uncounted * own.columnCount])
            constants.append(constant)
        }
        return (errors, constants)
    }
}

/// A piece of a sweep.
///
/// `@unchecked Sendable`: one thread runs it, and nobody reads it before that thread is done.
private final class SweepWork: @unchecked Sendable {
    let targets: [SweepTarget]
    let visitor: NeuronEffectVisitor

    init(targets: [SweepTarget], visitor: NeuronEffectVisitor) {
        self.targets = targets
        self.visitor = visitor
    }

    func run(_ sweep: AdjointSweep) { _ = sweep.run(targets, visitor) }
}

extension SweepTarget {
    /// How much the target counts among the prompt's targets.
    fileprivate func weight(in selection: TargetSelection) -> Float {
        switch kind {
        case .logit(let index): selection.targets[index].probability
        case .feature: 0
        }
    }
}
