import Circuits
import Tensors

extension Attributor {
    /// What each neuron of a prompt does to the targets on every path, with slopes, patterns and denominators held: what a
    /// prompt's nodes are chosen by.
    ///
    ///     T[neuron] = Σ over targets of weight · | gradient · (activation − baseline) |
    ///
    /// - Returns: `[layerCount]` of `[positionCount, neuronCount]`, none negative; positions that do not count are 0
    /// - Precondition: the basis is neurons
    /// - Throws: what `attribute` throws
    public func neuronEffects(
        _ tokens: [Int], options: AttributionOptions = AttributionOptions(), jobs: Int = 1
    ) throws -> [Matrix] {
        guard let neurons = basis.neurons else { preconditionFailure("features are transcoders', not neurons") }
        let costs = PhaseCosts()
        let frozen = try frozenPrompt(tokens, jobs: jobs, costs)
        let selection = try TargetSelection(model: model, basis: basis, trace: frozen.trace, options: options)
        var effects = try NeuronPrompt(frozen, basis: neurons)
            .effects(of: selection, model: model, weights: weights, jobs: jobs, costs)
        for layer in effects.indices {
            let uncounted = min(frozen.firstCountedPosition, effects[layer].rowCount) * effects[layer].columnCount
            for place in 0..<uncounted { effects[layer].values[place] = 0 }
        }
        return effects
    }
}
