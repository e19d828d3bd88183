import Circuits
import Testing

/// A random graph: 3 layers, 3 positions, features that read only from below.
struct RandomGraph {
    let graph: AttributionGraph

    init(seed: UInt64, featuresAPlace: Int = 2) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random() -> Float {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Float(state >> 40) / Float(1 << 24)
        }
        var features: [ActiveFeature] = []
        for layer in 0..<3 {
            for position in 1..<3 {
                for index in 0..<featuresAPlace {
                    features.append(
                        ActiveFeature(layer: layer, position: position, index: index * 5, activation: 0.1 + random()))
                }
            }
        }
        let targets = [
            LogitTarget(token: 4, probability: 0.6, position: 2), LogitTarget(token: 9, probability: 0.3, position: 2),
        ]
        let layout = NodeLayout(
            featureCount: features.count, layerCount: 3, positionCount: 3, logitCount: targets.count)
        var weights = [Float](repeating: 0, count: layout.targetCount * layout.sourceCount)
        for target in 0..<layout.targetCount {
            let layer = target < features.count ? features[target].layer : 3
            for source in 0..<layout.sourceCount {
                let below: Bool
                if source < features.count {
                    below = features[source].layer < layer
                } else if layout.errors.contains(source) {
                    below = (source - features.count) / 3 < layer
                } else {
                    below = true
                }
                if below, random() < 0.7 { weights[target * layout.sourceCount + source] = random() * 2 - 1 }
            }
        }
        let bias = (0..<layout.targetCount).map { _ in random() - 0.5 }
        let sums = (0..<layout.targetCount).map { target in
            weights[target * layout.sourceCount..<(target + 1) * layout.sourceCount].reduce(bias[target], +)
        }
        graph = AttributionGraph(
            tokens: [0, 5, 7], layerCount: 3, activeFeatures: features, selectedFeatures: Array(features.indices),
            targets: targets, weights: weights, biasWeights: bias,
            unselectedWeights: [Float](repeating: 0, count: layout.targetCount), preActivations: sums)
    }
}

@Suite struct graphs {
    @Test func `every place of the layout is the node that stands there`() {
        let graph = RandomGraph(seed: 1).graph
        let layout = graph.layout
        let nodes =
            graph.activeFeatures.map { NodeID.feature(layer: $0.layer, position: $0.position, index: $0.index) }
            + (0..<3).flatMap { layer in (0..<3).map { NodeID.error(layer: layer, position: $0) } }
            + (0..<3).map { NodeID.token(position: $0) } + (0..<2).map { NodeID.logit(ordinal: $0) }
        #expect((0..<layout.nodeCount).map { graph.id(ofNode: $0) } == nodes)
        #expect(layout.error(layer: 2, position: 1) == nodes.firstIndex(of: .error(layer: 2, position: 1)))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `influence equals the sum over all powers of the normalised matrix`(seed: UInt64) {
        let graph = RandomGraph(seed: seed).graph
        let layout = graph.layout
        let found = Influence(graph).ofSources(logitWeights: graph.targets.map(\.probability))
        var expected = [Double](repeating: 0, count: layout.nodeCount)
        var step = expected
        for (ordinal, target) in graph.targets.enumerated() {
            step[layout.logits.lowerBound + ordinal] = Double(target.probability)
        }
        for _ in 0..<5 {
            var next = [Double](repeating: 0, count: layout.nodeCount)
            for target in 0..<layout.targetCount {
                let row = (0..<layout.sourceCount).map { Double(abs(graph[target: target, source: $0])) }
                let sum = row.reduce(0, +)
                guard sum > 0 else { continue }
                for source in 0..<layout.sourceCount {
                    next[source] += step[layout.node(ofTarget: target)] * row[source] / sum
                }
            }
            for node in next.indices { expected[node] += next[node] }
            step = next
        }
        for source in 0..<layout.sourceCount { #expect(abs(Double(found[source]) - expected[source]) < 1e-5) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `thresholds of one keep every node and edge with a score above zero`(seed: UInt64) {
        let graph = RandomGraph(seed: seed).graph
        let layout = graph.layout
        let pruning = Pruning(graph, nodeThreshold: 1, edgeThreshold: 1)
        let influence = Influence(graph).ofSources(logitWeights: graph.targets.map(\.probability))
        for node in 0..<layout.errors.upperBound where influence[node] == 0 { #expect(!pruning.keptNodes[node]) }
        for target in 0..<layout.targetCount where pruning.keptNodes[layout.node(ofTarget: target)] {
            for source in 0..<layout.sourceCount where pruning.keptNodes[source] {
                #expect(
                    pruning.keptEdges[target * layout.sourceCount + source]
                        == (graph[target: target, source: source] != 0))
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `every kept feature has an input and an output, every kept error an output`(seed: UInt64) {
        let graph = SparseGraph(RandomGraph(seed: seed).graph, nodeThreshold: 0.7, edgeThreshold: 0.8)
        let sources = Set(graph.edges.map(\.source))
        let targets = Set(graph.edges.map(\.target))
        for (index, node) in graph.nodes.enumerated() {
            switch node.id {
            case .feature: #expect(sources.contains(index) && targets.contains(index))
            case .error: #expect(sources.contains(index))
            case .token, .logit, .bias: break
            }
        }
    }

    @Test func `the first error stays for its output alone, also where the first answer has no inputs`() {
        var graph = RandomGraph(seed: 1).graph
        let layout = graph.layout
        graph.weights = graph.weights.map { _ in 0 }
        let error = layout.error(layer: 0, position: 0)
        graph.weights[(layout.featureCount + 1) * layout.sourceCount + error] = 1
        let kept = Pruning(graph, nodeThreshold: 1, edgeThreshold: 1).keptNodes
        #expect(kept[error])
        #expect(kept[..<layout.errors.upperBound].count(where: { $0 }) == 1)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `influence on single targets adds up to the weighted influence`(seed: UInt64) {
        let graph = SparseGraph(RandomGraph(seed: seed).graph, nodeThreshold: 1, edgeThreshold: 1)
        for (index, node) in graph.nodes.enumerated() {
            let sum = zip(graph.targets, graph.targetInfluence).reduce(Float(0)) { $0 + $1.0.probability * $1.1[index] }
            #expect(abs(sum - node.influence) < 1e-5)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a graph without errors has both scores at one`(seed: UInt64) {
        var graph = RandomGraph(seed: seed).graph
        let layout = graph.layout
        for target in 0..<layout.targetCount {
            for error in layout.errors { graph.weights[target * layout.sourceCount + error] = 0 }
        }
        let scores = GraphScores(graph)
        #expect(abs(scores.replacement - 1) < 1e-6 && abs(scores.completeness - 1) < 1e-6)
    }

    @Test func `inputs that do not sum to the pre-activation are told`() {
        var graph = RandomGraph(seed: 3).graph
        #expect(graph.violations().allSatisfy { $0 < 1e-6 })
        graph.preActivations[4] += 2
        #expect(graph.violations()[4] > 0.1)
    }

    @Test func `node indices and target indices go back and forth`() {
        let layout = NodeLayout(featureCount: 4, layerCount: 2, positionCount: 3, logitCount: 2)
        #expect(layout.nodeCount == 4 + 6 + 3 + 2)
        for target in 0..<layout.targetCount { #expect(layout.target(ofNode: layout.node(ofTarget: target)) == target) }
        for node in layout.errors.lowerBound..<layout.tokens.upperBound { #expect(layout.target(ofNode: node) == nil) }
        #expect(layout.error(layer: 1, position: 2) == layout.errors.upperBound - 1)
    }

    @Test func `features are read as they are written, and nothing else is`() {
        #expect(FeatureID("3/421") == FeatureID(layer: 3, index: 421))
        #expect("\(FeatureID(layer: 3, index: 421))" == "3/421")
        for text in ["3", "3/", "/4", "3/4/5", "-1/2", "a/b", "3 /4", ""] { #expect(FeatureID(text) == nil) }
    }
}
