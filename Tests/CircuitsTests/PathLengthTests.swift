import Circuits
import Testing

@Suite struct `the mean path length` {
    /// What is left of a way's weight at a target, and the edges it has yet to go: every way is walked on its own.
    private func walked(_ graph: AttributionGraph, target: Int) -> (weight: Double, edges: Double) {
        let layout = graph.layout
        let row = graph.weights[target * layout.sourceCount..<(target + 1) * layout.sourceCount]
        let sum = row.reduce(0.0) { $0 + Double($1.magnitude) }
        guard sum > 0 else { return (1, 0) }
        var (weight, edges) = (0.0, 0.0)
        for (source, value) in row.enumerated() where value != 0 {
            let share = Double(value.magnitude) / sum
            if source < layout.featureCount {
                let rest = walked(graph, target: source)
                weight += share * rest.weight
                edges += share * (rest.edges + rest.weight)
            } else {
                weight += share
                edges += share
            }
        }
        return (weight, edges)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `is that of all ways walked one by one`(seed: UInt64) {
        let graph = RandomGraph(seed: seed).graph
        var (weight, edges) = (0.0, 0.0)
        for (index, logit) in graph.targets.enumerated() {
            let walked = walked(graph, target: graph.layout.featureCount + index)
            weight += Double(logit.probability) * walked.weight
            edges += Double(logit.probability) * walked.edges
        }
        #expect(abs(graph.meanPathLength - edges / weight) < 1e-5)
    }

    @Test func `is nothing where no answer has a probability`() {
        var graph = RandomGraph(seed: 1).graph
        graph.targets = graph.targets.map { LogitTarget(token: $0.token, probability: 0, position: $0.position) }
        #expect(graph.meanPathLength == 0)
    }

    @Test func `is one edge where only tokens reach the answer`() {
        var graph = RandomGraph(seed: 1).graph
        let layout = graph.layout
        for target in layout.featureCount..<layout.targetCount {
            for source in 0..<layout.featureCount { graph.weights[target * layout.sourceCount + source] = 0 }
        }
        #expect(graph.meanPathLength == 1)
    }
}
