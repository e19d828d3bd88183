import LanguageModels
import Tensors
import Transcoders

/// Passes gradients down through the MLPs with their slopes held, and adds up what each neuron does to the targets on
/// every path:
///
///     γ = (gradient at the MLP's output) W_down
///     T[neuron] += Σ over targets t of weight[t] · | γ[t] · (activation − baseline) |
///     gradient += γ through the neurons' held encoders and the norm before them
///
/// Positions that do not count hold constants: nothing passes their MLPs.
final class NeuronEffectVisitor: SweepVisitor {
    private let prompt: FrozenPrompt
    /// `[layerCount]`.
    private let layers: [FrozenNeuronLayer]
    /// `[layerCount]` of `[positionCount, neuronCount]`: activations less their baseline.
    private let deviations: [Matrix]
    /// One for each target of the sweep, not negative.
    private let targetWeights: [Float]
    /// `[layerCount]` of `[positionCount, neuronCount]`.
    private(set) var effects: [Matrix]

    init(prompt: FrozenPrompt, layers: [FrozenNeuronLayer], deviations: [Matrix], targetWeights: [Float]) {
        self.prompt = prompt
        self.layers = layers
        self.deviations = deviations
        self.targetWeights = targetWeights
        effects = deviations.map { Matrix(rowCount: $0.rowCount, columnCount: $0.columnCount) }
    }

    func add(constant: Float, target: Int) {}
    func readBlock(layer: Int, _ gradients: SweepGradients) -> Int { 0 }
    func readBottom(_ gradients: SweepGradients) {}

    func passMLP(layer: Int, _ gradients: SweepGradients) -> Int {
        let (count, reach, width) = (gradients.rowCount, gradients.reach, gradients.width)
        let neurons = layers[layer]
        let neuronCount = neurons.mlp.neuronCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count * width) { atHook in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count * neuronCount) { atNeurons in
                guard let atHook = atHook.baseAddress, let atNeurons = atNeurons.baseAddress else { return }
                if let adjoint = prompt.outputAdjoints[layer] {
                    for index in 0..<count {
                        adjoint.apply(gradients.row(index), position: index % reach, into: atHook + index * width)
                    }
                    neurons.mlp.passToNeurons(atHook, count: count, into: atNeurons)
                } else {
                    neurons.mlp.passToNeurons(gradients.base, count: count, into: atNeurons)
                }
                for index in 0..<count {
                    let row = atNeurons + index * neuronCount
                    if index % reach < prompt.firstCountedPosition {
                        row.update(repeating: 0, count: neuronCount)
                    } else {
                        addEffects(layer: layer, position: index % reach, target: index / reach, row)
                    }
                }
                neurons.mlp.passToInput(atNeurons, count: count, reach: reach, at: neurons.reading, into: atHook)
                gradients.add(atHook, through: prompt.inputAdjoints[layer])
            }
        }
        return 6 * count * width * neuronCount
    }

    /// Adds one target's effects at one position.
    ///
    /// - Parameter gradient: `[neuronCount]`
    private func addEffects(layer: Int, position: Int, target: Int, _ gradient: UnsafePointer<Float>) {
        let count = deviations[layer].columnCount
        deviations[layer].values.withUnsafeBufferPointer { deviations in
            effects[layer].values.withUnsafeMutableBufferPointer { effects in
                guard let deviation = deviations.baseAddress, let effect = effects.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { product in
                    guard let product = product.baseAddress else { return }
                    scaledProduct(1, gradient, deviation + position * count, into: product, count: count)
                    addScaledMagnitude(targetWeights[target], product, to: effect + position * count, count: count)
                }
            }
        }
    }
}
