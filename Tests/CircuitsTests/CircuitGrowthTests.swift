import Testing

@testable import Circuits

/// A made-up graph of whole-number nodes: inputs of a node have smaller numbers; below 4 there are none.
private struct ToyGraph {
    var inputs: [Int: [CircuitGrowth<Int>.Input]] = [:]

    init(nodeCount: Int, seed: UInt64) {
        var state = seed
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31)
        }
        for target in 4..<nodeCount {
            var raw: [(Int, Double)] = []
            for source in 0..<target where next() < 0.5 { raw.append((source, next())) }
            let sum = raw.reduce(0) { $0 + $1.1 }
            inputs[target] = raw.map { .init(source: $0.0, share: $0.1 / sum) }
        }
    }

    /// The sum over all paths from `node` to `seed` whose nodes after the first are all in `members`.
    func influence(of node: Int, on seed: Int, members: Set<Int>) -> Double {
        if node == seed { return 1 }
        var sum = 0.0
        for (target, inputs) in inputs where members.contains(target) {
            for input in inputs where input.source == node {
                sum += input.share * influence(of: target, on: seed, members: members)
            }
        }
        return sum
    }

    func grown(_ size: Int, from seed: Int) -> CircuitGrowth<Int> {
        CircuitGrowth(from: seed, size: size) { inputs[$0] ?? [] }
    }
}

@Suite("a circuit grows")
struct CircuitGrowthTests {
    @Test(arguments: 1...10)
    func `a node's influence is the sum over all paths through members`(seed: Int) {
        let graph = ToyGraph(nodeCount: 14, seed: UInt64(seed))
        let growth = graph.grown(6, from: 13)
        let members = Set(growth.members)
        for node in growth.known {
            let expected = graph.influence(of: node, on: 13, members: members)
            #expect(abs(growth.influence(of: node) - expected) < 1e-12)
        }
    }

    @Test(arguments: 1...10)
    func `each step takes the node of most influence so far`(seed: Int) {
        let graph = ToyGraph(nodeCount: 14, seed: UInt64(seed))
        let members = graph.grown(8, from: 13).members
        for count in 1..<members.count {
            let before = Set(members.prefix(count))
            func influence(_ node: Int) -> Double { graph.influence(of: node, on: 13, members: before) }
            let best = (0..<13).filter { !before.contains($0) }.map(influence).max()!
            #expect(abs(influence(members[count]) - best) < 1e-12)
        }
    }

    @Test func `a larger circuit begins with the smaller one`() {
        let graph = ToyGraph(nodeCount: 20, seed: 3)
        #expect(Array(graph.grown(10, from: 19).members.prefix(6)) == graph.grown(5, from: 19).members)
    }

    @Test func `nodes that may not join pass nothing on`() {
        let graph = ToyGraph(nodeCount: 14, seed: 5)
        let growth = CircuitGrowth(from: 13, size: 20, mayJoin: { $0 % 2 == 1 }) { graph.inputs[$0] ?? [] }
        #expect(growth.members.allSatisfy { $0 % 2 == 1 })
        for node in growth.known {
            let expected = graph.influence(of: node, on: 13, members: Set(growth.members))
            #expect(abs(growth.influence(of: node) - expected) < 1e-12)
        }
    }

    @Test(arguments: 1...5)
    func `where influence ends adds up to one`(seed: Int) {
        let graph = ToyGraph(nodeCount: 16, seed: UInt64(seed))
        let growth = CircuitGrowth(from: 15, size: 5, mayJoin: { $0 > 0 }) { graph.inputs[$0] ?? [] }
        let scores = CircuitScores(growth) { $0 == 0 ? .error : $0 < 3 ? .token : .feature }
        #expect(abs(scores.tokens + scores.errors + scores.outside + scores.withoutInputs - 1) < 1e-12)
    }

    @Test(arguments: 1...5)
    func `completeness is the influence-weighted share of inputs that are no errors`(seed: Int) {
        let graph = ToyGraph(nodeCount: 16, seed: UInt64(seed))
        let growth = CircuitGrowth(from: 15, size: 5, mayJoin: { $0 > 0 }) { graph.inputs[$0] ?? [] }
        let scores = CircuitScores(growth) { $0 == 0 ? .error : $0 < 3 ? .token : .feature }
        let members = Set(growth.members)
        func influence(_ node: Int) -> Double { graph.influence(of: node, on: 15, members: members) }
        let (tokens, errors) = (growth.known.filter { 1...2 ~= $0 }.reduce(0) { $0 + influence($1) }, influence(0))
        var (explained, total) = (tokens + errors, tokens + errors)
        for node in growth.members where node > 2 {
            let inputs = graph.inputs[node] ?? []
            explained += influence(node) * (1 - (inputs.first { $0.source == 0 }?.share ?? 0))
            total += influence(node)
        }
        #expect(errors > 0 && abs(scores.completeness - explained / total) < 1e-12)
        #expect(abs(scores.replacement - tokens / (tokens + errors)) < 1e-12)
    }

    @Test(arguments: 1...8)
    func `an expanded member takes in its strongest inputs, which pruning leaves`(seed: Int) throws {
        let graph = ToyGraph(nodeCount: 24, seed: UInt64(seed))
        let usual = graph.grown(4, from: 23)
        let expanded = try #require(
            usual.members.dropFirst().max { usual.inputs(of: $0).count < usual.inputs(of: $1).count })
        let growth = CircuitGrowth(from: 23, size: 4, expanded: [expanded, 1_000], expansion: 2) {
            graph.inputs[$0] ?? []
        }
        #expect(Array(growth.members.prefix(usual.members.count)) == usual.members)
        let outside = usual.inputs(of: expanded).filter { !usual.contains($0.source) }
            .sorted { ($1.share, $0.source) < ($0.share, $1.source) }.prefix(2).map(\.source)
        #expect(Array(growth.members.dropFirst(usual.members.count)) == Array(outside))
        let pruning = CircuitPruning(
            growth, outlying: [], nodeThreshold: 1, edgeThreshold: 0.5, isAlwaysKept: { _ in false })
        if pruning.nodes.contains(expanded) { #expect(Set(pruning.nodes).isSuperset(of: outside)) }
    }

    @Test func `pruning with thresholds of one keeps every member that leads to the seed`() {
        let graph = ToyGraph(nodeCount: 14, seed: 8)
        let growth = graph.grown(6, from: 13)
        let pruning = CircuitPruning(
            growth, outlying: [], nodeThreshold: 1, edgeThreshold: 1, isAlwaysKept: { _ in false })
        #expect(Set(pruning.nodes) == Set(growth.members))
        let members = Set(growth.members)
        let inside = growth.members.reduce(0) { count, target in
            count + growth.inputs(of: target).count { members.contains($0.source) }
        }
        #expect(pruning.edges.count == inside)
    }

    @Test(arguments: [0.5, 0.8, 0.9, 0.98])
    func `no edge between kept nodes outdoes a kept one, and no kept node is a dead end`(threshold: Double) {
        let graph = ToyGraph(nodeCount: 18, seed: 11)
        let growth = graph.grown(10, from: 17)
        let all = CircuitPruning(growth, outlying: [], nodeThreshold: 1, edgeThreshold: 1, isAlwaysKept: { _ in false })
        let some = CircuitPruning(
            growth, outlying: [], nodeThreshold: 1, edgeThreshold: threshold, isAlwaysKept: { _ in false })
        func score(_ edge: CircuitPruning<Int>.Edge) -> Double { growth.influence(of: edge.target) * edge.share }
        let least = some.edges.map(score).min()!
        let (nodes, kept) = (Set(some.nodes), Set(some.edges))
        for edge in all.edges where !kept.contains(edge) && nodes.isSuperset(of: [edge.source, edge.target]) {
            #expect(score(edge) < least)
        }
        for node in some.nodes.dropFirst() { #expect(some.edges.contains { $0.source == node }) }
    }
}
