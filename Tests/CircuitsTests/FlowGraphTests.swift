import Testing

@testable import Circuits

@Suite("circuits as flows")
struct FlowGraphTests {
    /// The seed, two features that it reads from, a token and an error.
    private let roles: [CircuitScores.Role] = [.feature, .feature, .feature, .token, .error]

    private func graph(_ edges: [(source: Int, target: Int, flow: Double)]) -> FlowGraph {
        FlowGraph(roles: roles, edges: edges.map { .init(source: $0.source, target: $0.target, flow: $0.flow) })
    }

    @Test func `parallel edges add up, signs and all`() {
        let found = graph([(1, 0, 0.5), (2, 0, 0.25), (1, 0, -0.125)])
        #expect(
            found.edges == [.init(source: 1, target: 0, flow: 0.375), .init(source: 2, target: 0, flow: 0.25)])
    }

    @Test func `nodes that work against each other cancel when they are merged`() {
        let whole = graph([(1, 0, 0.5), (2, 0, -0.5), (3, 0, 0.25), (3, 1, 0.5), (4, 2, 0.5), (2, 1, 1)])
        let merged = whole.merged([0, 1, 1, 2, 3])
        #expect(merged.roles == [.feature, .feature, .token, .error])
        #expect(
            merged.edges == [
                .init(source: 1, target: 0, flow: 0), .init(source: 2, target: 0, flow: 0.25),
                .init(source: 2, target: 1, flow: 0.5), .init(source: 3, target: 1, flow: 0.5),
            ])
    }

    @Test func `a node comes after all that it affects, and a cycle has no order`() throws {
        let order = try #require(graph([(1, 0, 1), (2, 1, 1), (3, 2, 1), (4, 1, 1)]).order)
        #expect(order.sorted() == [0, 1, 2, 3, 4])
        for (source, target) in [(1, 0), (2, 1), (3, 2), (4, 1)] {
            #expect(order.firstIndex(of: source)! > order.firstIndex(of: target)!)
        }
        let cycle = graph([(1, 0, 1), (2, 1, 1), (1, 2, 1)])
        #expect(cycle.order == nil && cycle.scores == nil)
    }

    @Test func `scores are shares of the sizes of flows`() throws {
        // The seed has 1: 0.6 to feature 1, 0.3 to feature 2, 0.1 to the error. Feature 1 has a quarter from the error.
        let scores = try #require(
            graph([(1, 0, 0.6), (2, 0, -0.3), (4, 0, 0.1), (3, 1, 3), (4, 1, -1), (3, 2, 0.5)]).scores)
        let (tokens, errors) = (0.6 * 0.75 + 0.3, 0.1 + 0.6 * 0.25)
        #expect(abs(scores.replacement - tokens / (tokens + errors)) < 1e-12)
        let explained = tokens + errors + 0.9 + 0.6 * 0.75 + 0.3
        #expect(abs(scores.completeness - explained / (tokens + errors + 1.9)) < 1e-12)
        #expect(graph([]).scores == GraphScores(replacement: 0, completeness: 1))
    }
}
