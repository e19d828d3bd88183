import AtlasStore
import Circuits
import GRDB
import Tensors

/// A circuit before pruning, with all that is known of its members' inputs.
package struct GrownCircuit {
    let basis: CircuitBasis
    let options: CircuitOptions
    /// See ``CircuitReport/weighting``.
    let weighting: String
    package let growth: CircuitGrowth<NodeKey>
    /// The errors that are inputs of members, by layer.
    let errors: [NodeKey]
    private let totals: [NodeKey: [EdgeTotal]]

    /// Grows a circuit over stored edges.
    package init(_ basis: CircuitBasis, options: CircuitOptions, _ db: Database) throws {
        try self.init(basis, options: options, globalInputs: { _, _ in nil }, db)
    }

    /// Grows a circuit over stored edges, or below the seed over `globalInputs`.
    init(
        _ basis: CircuitBasis, options: CircuitOptions,
        globalInputs: (FeatureID, Database) throws -> [GlobalInput]?, _ db: Database
    ) throws {
        var totals: [NodeKey: [EdgeTotal]] = [:]
        var isGlobal = false
        growth = try CircuitGrowth(
            from: basis.seedKey, size: options.size, ranks: basis.effects?.mapValues(\.magnitude),
            expanded: options.expanded.map { NodeKey($0) }, expansion: CircuitOptions.expansion,
            mayJoin: { $0.kind == .feature || $0.kind == .token },
            inputs: { key in
                try Cancellation.check()
                var inputs: [EdgeTotal] = []
                if let feature = key.feature, let global = try globalInputs(feature, db) {
                    isGlobal = true
                    inputs = global.map(EdgeTotal.init).sorted { $0.source < $1.source }
                } else if key.kind == .feature || key.kind == .logit {
                    inputs = try basis.edges?.inputs(of: key) ?? EdgeTotal.inputs(of: key, db)
                }
                totals[key] = inputs
                let sum = inputs.reduce(0.0) { $0 + $1.sum.share }
                return sum > 0 ? inputs.map { .init(source: $0.source, share: $0.sum.share / sum) } : []
            })
        self.totals = totals
        self.basis = basis
        self.options = options
        weighting = isGlobal ? "twera" : "stored"
        errors = growth.known.filter { $0.kind == .error }.sorted()
    }

    /// What survives both thresholds.
    func pruned(nodeThreshold: Double, edgeThreshold: Double) -> CircuitPruning<NodeKey> {
        CircuitPruning(
            growth, outlying: errors, nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold,
            isAlwaysKept: Self.isAlwaysKept)
    }

    /// Tokens stay, as they do in a graph.
    static func isAlwaysKept(_ key: NodeKey) -> Bool { key.kind == .token }

    /// What is known of an edge over the circuit's prompts.
    func total(_ edge: CircuitPruning<NodeKey>.Edge) -> EdgeSum {
        let inputs = totals[edge.target] ?? []
        var (low, high) = (0, inputs.count)
        while low < high {
            let middle = (low + high) / 2
            if inputs[middle].source < edge.source { low = middle + 1 } else { high = middle }
        }
        precondition(low < inputs.count && inputs[low].source == edge.source)
        return inputs[low].sum
    }

    /// All that feeds a member, by source.
    func inputs(of member: NodeKey) -> [EdgeTotal] { totals[member] ?? [] }
}

extension NodeKey {
    /// What the node is to a circuit's scores.
    var role: CircuitScores.Role {
        switch kind {
        case .token: .token
        case .error: .error
        case .feature, .logit: .feature
        }
    }
}

extension EdgeTotal {
    /// A global weight as the edge it stands for.
    fileprivate init(_ input: GlobalInput) {
        self.init(source: NodeKey(input.source))
        let support = input.coactivations
        sum.support = support
        sum.positive = input.weight > 0 ? support : 0
        sum.negative = input.weight < 0 ? support : 0
        // The mean is the weight itself, whatever the count.
        sum.weight = input.weight * Double(support)
        sum.square = input.weight * input.weight * Double(support)
        sum.share = input.weight.magnitude
        sum.absolute = input.weight.magnitude
        sum.samePosition = sum.absolute
    }
}
