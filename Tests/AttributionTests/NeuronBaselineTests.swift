import Attribution
import Circuits
import LanguageModels
import Tensors
import Testing

/// What activations are measured from.
@Suite struct `baselines of neurons` {
    private let neurons: RandomNeurons

    init() throws { neurons = try RandomNeurons(RandomModel.all[4]) }

    @Test func `a mean by position is the mean of each neuron at each position`() throws {
        let first = [Matrix(rowCount: 2, columnCount: 2, values: [1, 2, 3, 4])]
        let second = [Matrix(rowCount: 2, columnCount: 2, values: [3, 2, -3, 0])]
        var mean = NeuronMean(.byPosition)
        #expect(mean.baseline == nil)
        try mean.add(first)
        try mean.add(second)
        #expect(mean.count == 2)
        #expect(mean.baseline == .byPosition([Matrix(rowCount: 2, columnCount: 2, values: [2, 2, 0, 2])]))
    }

    @Test func `a mean over tokens leaves out positions that do not count, and takes prompts of any length`() throws {
        var mean = NeuronMean(.everywhere)
        try mean.add([Matrix(rowCount: 2, columnCount: 2, values: [9, 9, 3, 4])])
        try mean.add([Matrix(rowCount: 3, columnCount: 2, values: [9, 9, 1, 1, 2, 1])])
        #expect(mean.count == 3)
        #expect(mean.baseline == .everywhere([[2, 2]]))
    }

    @Test(arguments: RandomModel.all)
    func `prompts that run together hold what each holds alone`(random: RandomModel) throws {
        let model = try RandomNeurons(random).model
        let prompts = [[0, 5, 3, 9, 2], [0, 7], [0, 1, 4, 4, 8, 2, 6, 3]]
        let together = try model.neuronActivations(of: prompts)
        let sizes = prompts.map { [Int](repeating: $0.count, count: model.blocks.count) }
        #expect(together.map { $0.map(\.rowCount) } == sizes)
        for (prompt, found) in zip(prompts, together) {
            var alone: [Matrix] = []
            _ = try model.run(prompt) { layer, reading, mlp in
                alone.append(model.blocks[layer].mlp.neurons(reading.normalized).activations)
                return mlp()
            }
            #expect(found.count == alone.count)
            for (own, expected) in zip(found, alone) {
                #expect(excess(own.values, expected.values, absolute: 1e-5, relative: 1e-4) <= 1)
            }
        }
    }

    @Test func `a mean by position refuses a prompt of another length`() throws {
        var mean = NeuronMean(.byPosition)
        try mean.add([Matrix(rowCount: 2, columnCount: 1)])
        #expect(throws: TargetError.self) { try mean.add([Matrix(rowCount: 3, columnCount: 1)]) }
    }

    @Test func `nothing is attributed before the baseline that the options name is given`() throws {
        let attributor = try Attributor(model: neurons.model, neurons: NeuronOptions(baseline: .group))
        let error = #expect(throws: TargetError.self) { try attributor.attribute(neurons.tokens) }
        #expect(try #require(error?.description).contains("baseline group: expected the activations"))
        _ = try attributor.measuring(from: neurons.group).attribute(neurons.tokens)
    }

    @Test func `a baseline by position refuses prompts of other lengths, and multiples beyond it`() throws {
        let attributor = try neurons.attributor(maximum: 10, fromGroup: true)
        let longer = neurons.tokens + [5]
        #expect(throws: TargetError.self) { try attributor.attribute(longer) }
        let silenced = Intervention.silencing(.init(layer: 0, index: 0), at: .init(longer.count - 1))
        #expect(throws: TargetError.self) { try attributor.intervene(longer, [silenced], mode: .free) }
    }

    @Test func `a baseline of another shape or without finite numbers is refused`() throws {
        let counts = neurons.model.blocks.map(\.mlp.neuronCount)
        let options = NeuronOptions(baseline: .corpus)
        for wrong in [
            NeuronBaseline.everywhere([[0]]),
            .everywhere(counts.map { [Float](repeating: .nan, count: $0) }),
            .byPosition(counts.enumerated().map { Matrix(rowCount: 2 + $0, columnCount: $1) }),
        ] {
            #expect(throws: TargetError.self) {
                try Attributor(model: neurons.model, neurons: options, baseline: wrong)
            }
        }
    }

    @Test func `the same mean given by position and everywhere gives the same graph`() throws {
        let counts = neurons.model.blocks.map(\.mlp.neuronCount)
        let rows = counts.map { count in (0..<count).map { Float($0 % 7) / 20 - 0.1 } }
        let positions = rows.map { row in
            Matrix(
                rowCount: neurons.tokens.count, columnCount: row.count,
                values: neurons.tokens.flatMap { _ in row })
        }
        let options = NeuronOptions(maximumNeurons: 30, baseline: .corpus)
        let one = try Attributor(model: neurons.model, neurons: options, baseline: .everywhere(rows))
        let graph = try one.attribute(neurons.tokens).graph
        let other = try one.measuring(from: .byPosition(positions)).attribute(neurons.tokens).graph
        #expect(graph.activeFeatures == other.activeFeatures && graph.weights == other.weights)
        #expect(try #require(graph.violations().max()) <= 1e-4)
    }

    @Test func `the nodes of a prompt are the neurons with the largest effects`() throws {
        let attributor = try neurons.attributor(maximum: 30, fromGroup: true)
        let effects = try attributor.neuronEffects(neurons.tokens)
        let nodes = try attributor.attribute(neurons.tokens).graph.activeFeatures
        let smallest = try #require(nodes.map { effects[$0.layer][$0.position, $0.index] }.min())
        #expect(nodes.count == 30 && smallest > 0)
        #expect(effects.reduce(0) { $0 + $1.values.count { $0 > smallest } } < 30)
        #expect(effects.allSatisfy { $0.row(0).allSatisfy { $0 == 0 } })
    }
}
