import Circuits
import LanguageModels
import Tensors

/// Passes gradients down through the underlying model's own MLPs, and takes their products with what some nodes of a graph
/// write:
///
///     effect[node] = Σ over layers that it writes to of  gradient at that MLP's output, its position · what it writes
///     gradient += the MLP's and its norms' derivatives
///
/// - SeeAlso: ``NetworkDerivative``, ``EdgeVisitor``, which passes a graph's replacement for the MLPs.
final class GradientVisitor: SweepVisitor {
    private let basis: FeatureBasis
    private let local: LocalReplacementModel
    /// The run whose norms move.
    private let prompt: FrozenPrompt
    private let derivative: NetworkDerivative
    private let sources: GradientSources
    /// `[layerCount]`: from the residual stream to the MLP's output, and from its input to the residual stream.
    private let passages: [(output: NormAdjoint?, input: NormAdjoint)]
    /// `[targets][sources.nodeCount]`.
    private(set) var effects: [[Float]]

    init(
        targetCount: Int, sources: GradientSources, local: LocalReplacementModel, basis: FeatureBasis,
        model: LanguageModel, prompt: FrozenPrompt, derivative: NetworkDerivative
    ) {
        self.basis = basis
        self.local = local
        self.prompt = prompt
        self.derivative = derivative
        self.sources = sources
        passages = zip(zip(model.blocks, prompt.trace.layers), derivative.layers).map { own, derivative in
            let output = own.0.mlpPostNorm.flatMap { norm in
                derivative.mlpPostDenominators.map {
                    NormAdjoint(norm, denominators: $0, moving: derivative.mlpPostNorm)
                }
            }
            let input = NormAdjoint(
                own.0.mlpNorm, denominators: own.1.reading.denominators, moving: derivative.mlpNorm)
            return (output, input)
        }
        effects = [[Float]](repeating: [Float](repeating: 0, count: sources.nodeCount), count: targetCount)
    }

    func add(constant: Float, target: Int) {}

    func readBlock(layer: Int, _ gradients: SweepGradients) -> Int {
        let (reach, width) = (gradients.reach, gradients.width)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: gradients.rowCount * width) { atHook in
            guard let own = atHook.baseAddress else { return }
            var base = gradients.base
            if let adjoint = prompt.outputAdjoints[layer] {
                for index in 0..<gradients.rowCount {
                    adjoint.apply(gradients.row(index), position: index % reach, into: own + index * width)
                }
                base = own
            }
            for error in sources.errors[layer] where error.position < reach {
                local.errors[layer].values.withUnsafeBufferPointer { errors in
                    guard let errors = errors.baseAddress else { return }
                    add(errors + error.position * width, of: error.node, at: error.position, gradients, base)
                }
            }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: sources.largestBatch * width) { rows in
                guard let rows = rows.baseAddress else { return }
                for (from, features) in sources.features.enumerated() {
                    let source = basis.layers[from]
                    guard !features.isEmpty, source.outputLayers.contains(layer) else { continue }
                    source.copyDecoderRows(
                        features.enumerated().map { DecoderPlace(index: $1.index, row: $0) }, outputLayer: layer,
                        into: rows)
                    for (row, feature) in features.enumerated() where feature.position < reach {
                        add(
                            rows + row * width, of: feature.node, at: feature.position, gradients, base,
                            times: feature.contribution)
                    }
                }
            }
        }
        return 0
    }

    func passMLP(layer: Int, _ gradients: SweepGradients) -> Int {
        let (count, reach, width) = (gradients.rowCount, gradients.reach, gradients.width)
        let mlp = sources.mlps[layer]
        let (output, input) = passages[layer]
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count * width) { atOutput in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count * mlp.neuronCount) { atNeurons in
                guard let atOutput = atOutput.baseAddress, let atNeurons = atNeurons.baseAddress else { return }
                if let output {
                    for index in 0..<count {
                        output.apply(gradients.row(index), position: index % reach, into: atOutput + index * width)
                    }
                    mlp.passToNeurons(atOutput, count: count, into: atNeurons)
                } else {
                    mlp.passToNeurons(gradients.base, count: count, into: atNeurons)
                }
                mlp.passToInput(
                    atNeurons, count: count, reach: reach, at: derivative.layers[layer].neurons, into: atOutput)
                gradients.add(atOutput, through: input)
            }
        }
        return 6 * count * width * mlp.neuronCount
    }

    func readBottom(_ gradients: SweepGradients) {
        let width = gradients.width
        local.trace.embeddings.values.withUnsafeBufferPointer { embeddings in
            guard let embeddings = embeddings.baseAddress else { return }
            for token in sources.tokens where token.position < gradients.reach {
                add(
                    embeddings + token.position * width, of: token.node, at: token.position, gradients, gradients.base)
            }
        }
    }

    /// Adds the products of every target's gradient at a position with what a node writes there.
    private func add(
        _ written: UnsafePointer<Float>, of node: Int, at position: Int, _ gradients: SweepGradients,
        _ base: UnsafePointer<Float>, times factor: Float = 1
    ) {
        for target in 0..<gradients.live {
            let row = base + (target * gradients.reach + position) * gradients.width
            effects[target][node] += factor * dot(row, written, count: gradients.width)
        }
    }
}

/// The nodes whose effects are asked for, by what they write.
struct GradientSources {
    /// An error or a token.
    struct Place {
        /// Its place among the nodes.
        let node: Int
        let position: Int
    }

    /// A feature, and what its decoder is multiplied by.
    struct Feature {
        /// Its place among the nodes.
        let node: Int
        let layer: Int
        let position: Int
        let index: Int
        let contribution: Float
    }

    let nodeCount: Int
    /// `[layerCount]`, by the layer that they read.
    private(set) var features: [[Feature]]
    /// `[layerCount]`.
    private(set) var errors: [[Place]]
    private(set) var tokens: [Place] = []
    /// `[layerCount]`.
    let mlps: [MLP]

    /// Features of one layer at most.
    var largestBatch: Int { features.map(\.count).max() ?? 0 }

    /// - Parameter contribution: of a feature node; `nil` for one that contributes nothing
    init(_ nodes: [NodeID], model: LanguageModel, contribution: (ActivePlace) -> Float?) {
        nodeCount = nodes.count
        mlps = model.blocks.map(\.mlp)
        features = mlps.map { _ in [] }
        errors = mlps.map { _ in [] }
        for (node, id) in nodes.enumerated() {
            switch id {
            case .feature(let layer, let position, let index):
                let place = ActivePlace(layer: layer, position: position, index: index)
                guard let contribution = contribution(place) else { continue }
                features[layer].append(
                    Feature(
                        node: node, layer: layer, position: position, index: index, contribution: contribution))
            case .error(let layer, let position): errors[layer].append(Place(node: node, position: position))
            case .token(let position): tokens.append(Place(node: node, position: position))
            case .logit, .bias: break
            }
        }
    }
}

/// Where a feature is active.
struct ActivePlace: Hashable {
    let layer: Int
    let position: Int
    let index: Int
}
