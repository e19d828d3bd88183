import Circuits
import Testing

@Suite struct `pruning a stored graph anew` {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a graph stored whole is pruned as the dense graph is`(seed: UInt64) {
        let dense = RandomGraph(seed: seed, featuresAPlace: 4).graph
        let stored = SparseGraph(dense, nodeThreshold: 1, edgeThreshold: 1)
        let direct = SparseGraph(dense, nodeThreshold: 0.7, edgeThreshold: 0.9)
        let again = stored.pruned(nodeThreshold: 0.7, edgeThreshold: 0.9)
        #expect(again.nodes.map(\.id) == direct.nodes.map(\.id))
        #expect(again.edges == direct.edges)
        #expect(again.targetInfluence == direct.targetInfluence)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `thresholds that are no tighter change nothing`(seed: UInt64) {
        let stored = SparseGraph(RandomGraph(seed: seed).graph, nodeThreshold: 0.9, edgeThreshold: 0.95)
        #expect(stored.pruned(nodeThreshold: 1, edgeThreshold: 1) == stored)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a graph stored wide keeps the same nodes, but for those that its last edges hold`(seed: UInt64) {
        let dense = RandomGraph(seed: seed, featuresAPlace: 4).graph
        let again = SparseGraph(dense, nodeThreshold: 0.95, edgeThreshold: 0.99)
            .pruned(nodeThreshold: 0.7, edgeThreshold: 0.9)
        let direct = SparseGraph(dense, nodeThreshold: 0.7, edgeThreshold: 0.9)
        let difference = Set(again.nodes.map(\.id)).symmetricDifference(direct.nodes.map(\.id))
        #expect(difference.count <= 2)
    }
}
