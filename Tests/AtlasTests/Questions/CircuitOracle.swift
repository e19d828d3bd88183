import Circuits

@testable import AtlasStore

/// Circuits the plain way: dictionaries of edges, and influence as a sum over explicitly listed paths.
struct CircuitOracle {
    let edges: [PlainOracle.Pair: PlainOracle.Edge]
    private var shares: [NodeKey: [(source: NodeKey, share: Double)]] = [:]

    /// The graphs of these prompts, already in the oracle's order.
    init(_ prompts: [PromptFacts]) {
        let up = PlainOracle(prompts).edges().filter { Self.goesUp($0.key.source, $0.key.target) }
        edges = up
        for (target, inputs) in Dictionary(grouping: up, by: { $0.key.target }) {
            let sum = inputs.map(\.value.share).reduce(0, +)
            shares[target] = inputs.map { ($0.key.source, $0.value.share / sum) }.sorted { $0.0 < $1.0 }
        }
    }

    /// Tokens before layers before logits, and a layer before the next.
    private static func goesUp(_ source: NodeKey, _ target: NodeKey) -> Bool {
        func height(_ key: NodeKey) -> Int {
            switch key.kind {
            case .token: -1
            case .feature, .error: key.layer!
            case .logit: .max
            }
        }
        return (target.kind == .feature || target.kind == .logit) && height(source) < height(target)
    }

    /// The sum over all paths from `node` to `seed` through `members` of the products of shares.
    func influence(of node: NodeKey, on seed: NodeKey, members: Set<NodeKey>) -> Double {
        if node == seed { return 1 }
        var sum = 0.0
        for (target, inputs) in shares where members.contains(target) {
            for input in inputs where input.source == node {
                sum += input.share * influence(of: target, on: seed, members: members)
            }
        }
        return sum
    }

    func share(_ source: NodeKey, _ target: NodeKey) -> Double {
        shares[target]?.first { $0.source == source }?.share ?? 0
    }
}
