import Attribution
import Circuits
import LanguageModels
import Tensors
import Testing

/// What must hold of every graph over neurons, on random models of every family.
@Suite struct `graphs over neurons` {
    @Test(arguments: RandomModel.all, [false, true])
    func `all inputs of a neuron, the bias node among them, sum to its activation`(
        random: RandomModel, fromGroup: Bool
    ) throws {
        let neurons = try RandomNeurons(random)
        for maximum in [40, nil] {
            let graph = try neurons.attributor(maximum: maximum, fromGroup: fromGroup).attribute(neurons.tokens).graph
            try #require(graph.layout.featureCount >= 40)
            #expect(try #require(graph.violations().max()) <= 1e-4)
            let held = try neurons.model.neuronActivations(neurons.tokens)
            let nodes = (0..<graph.layout.featureCount).map { graph.feature($0) }
            let expected = nodes.map { held[$0.layer][$0.position, $0.index] }
            #expect(excess(nodes.map(\.activation), expected, absolute: 1e-5, relative: 1e-4) <= 1)
            #expect(Array(graph.preActivations.prefix(nodes.count)) == nodes.map(\.activation))
        }
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `silencing a neuron with everything frozen changes each target by its column`(
        random: RandomModel, fromGroup: Bool
    ) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 60, fromGroup: fromGroup)
        let result = try attributor.attribute(
            neurons.tokens,
            options: AttributionOptions(targets: [
                .token(id: 3), .difference(token: 4, minus: 9), .feature(id: FeatureID(layer: 2, index: 7)),
            ]))
        var generator = SeededNumbers(seed: 3)
        let check = try GraphVerification(result, attributor: attributor, count: 8, using: &generator)
        #expect(check.columns.count == 8 && check.agrees, "\(check.worst)")
        #expect(check.columns.contains { $0.largestEffect > 1e-3 })
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `with every neuron kept no error is left`(random: RandomModel, fromGroup: Bool) throws {
        let neurons = try RandomNeurons(random)
        let result = try neurons.attributor(maximum: nil, fromGroup: fromGroup).attribute(neurons.tokens)
        #expect(result.local.coveredEffectShare == 1)
        #expect(result.local.errors.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
        let layout = result.graph.layout
        for target in 0..<layout.targetCount {
            for error in layout.errors { #expect(result.graph[target: target, source: error] == 0) }
        }
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `an error node is what the neurons that are no nodes write there`(random: RandomModel, fromGroup: Bool) throws
    {
        let neurons = try RandomNeurons(random)
        let whole = try neurons.attributor(maximum: nil, fromGroup: fromGroup).attribute(neurons.tokens).graph
        let part = try neurons.attributor(maximum: 50, fromGroup: fromGroup).attribute(neurons.tokens).graph
        #expect(part.layout.featureCount == 50)
        let places = Dictionary(
            uniqueKeysWithValues: (0..<whole.layout.featureCount).map { (whole.feature($0), $0) })
        let kept = Set(part.activeFeatures)
        for target in 0..<part.layout.targetCount {
            let same =
                try target < part.layout.featureCount
                ? #require(places[part.feature(target)])
                : whole.layout.featureCount + target - part.layout.featureCount
            var expected = [Float](repeating: 0, count: part.layout.errors.count)
            for node in 0..<whole.layout.featureCount where !kept.contains(whole.feature(node)) {
                let neuron = whole.feature(node)
                expected[neuron.layer * neurons.tokens.count + neuron.position] += whole[target: same, source: node]
            }
            let found = part.layout.errors.map { part[target: target, source: $0] }
            #expect(excess(found, expected, absolute: 1e-4, relative: 1e-3) <= 1)
            for node in 0..<part.layout.featureCount {
                let column = try #require(places[part.feature(node)])
                let (x, y) = (part[target: target, source: node], whole[target: same, source: column])
                #expect(abs(x - y) <= 1e-5 + 1e-4 * abs(y))
            }
        }
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `nodes are the neurons with the largest total effects along all paths of the whole graph`(
        random: RandomModel, fromGroup: Bool
    ) throws {
        let neurons = try RandomNeurons(random)
        let result = try neurons.attributor(maximum: nil, fromGroup: fromGroup).attribute(neurons.tokens)
        let whole = result.graph
        let contributions = whole.activeFeatures.map { neuron in
            fromGroup ? neuron.activation - baseline(neurons.group, neuron) : neuron.activation
        }
        #expect(result.local.contributions == contributions)
        let effects = whole.totalEffects(contributions)
        let total = effects.reduce(0, +)
        for (maximum, coverage) in [(30, 1.0), (nil, 0.6), (25, 0.9)] as [(Int?, Double)] {
            let attributor = try neurons.attributor(maximum: maximum, coverage: coverage, fromGroup: fromGroup)
            let local = try attributor.localReplacementModel(neurons.tokens)
            let chosen = Set(local.activeFeatures)
            let inside = whole.activeFeatures.indices.filter { chosen.contains(whole.activeFeatures[$0]) }
            #expect(inside.count == chosen.count)
            let covered = inside.reduce(0) { $0 + effects[$1] }
            let smallest = try #require(inside.map { effects[$0] }.min())
            let outside = whole.activeFeatures.indices.filter { !chosen.contains(whole.activeFeatures[$0]) }
            #expect(outside.allSatisfy { effects[$0] <= smallest * 1.001 + total * 1e-6 })
            #expect(abs(covered / total - (try #require(local.coveredEffectShare))) < 1e-3)
            if let maximum { #expect(chosen.count <= maximum) }
            if chosen.count != maximum {
                #expect(covered >= (coverage - 1e-3) * total)
                #expect(covered - smallest < (coverage + 1e-3) * total)
            }
        }
    }

    private func baseline(_ baseline: NeuronBaseline, _ neuron: ActiveFeature) -> Float {
        guard case .byPosition(let layers) = baseline else { return 0 }
        return layers[neuron.layer][neuron.position, neuron.index]
    }

    @Test func `the number of threads changes no digit`() throws {
        let neurons = try RandomNeurons(RandomModel.all[4])
        let options = AttributionOptions(positions: [PositionRange(first: 3, last: 5)])
        let attributor = try neurons.attributor(maximum: 50)
        let one = try attributor.attribute(neurons.tokens, options: options, jobs: 1)
        let two = try attributor.attribute(neurons.tokens, options: options, jobs: 2)
        #expect(one.graph.activeFeatures == two.graph.activeFeatures)
        #expect(one.graph.weights == two.graph.weights)
        #expect(one.local.coveredEffectShare == two.local.coveredEffectShare)
    }

    @Test func `of the nodes as few become targets as asked for, and the rest is counted`() throws {
        let neurons = try RandomNeurons(RandomModel.all[0])
        let result = try neurons.attributor(maximum: 60).attribute(
            neurons.tokens, options: AttributionOptions(maximumFeatureNodes: 20, batchSize: 5, updateInterval: 1))
        #expect(result.graph.layout.featureCount == 20 && result.graph.activeFeatures.count == 60)
        #expect(try #require(result.graph.violations().max()) <= 1e-4)
        #expect(result.graph.unselectedWeights.contains { $0 != 0 })
    }

    @Test func `a prompt of one token has no nodes, and its logits are all bias and token`() throws {
        let neurons = try RandomNeurons(RandomModel.all[0])
        let graph = try neurons.attributor(maximum: 20).attribute([3]).graph
        #expect(graph.layout.featureCount == 0)
        #expect(try #require(graph.violations().max()) <= 1e-4)
    }
}
