import AtlasStore
import Circuits
import GRDB

extension EdgeSum {
    /// The numbers as the view `edges` tells them; all 0 of a node that no stored graph links to.
    func neighbour(_ node: NodeName, label: String?) -> Neighbour {
        Neighbour(
            node: node, label: label, support: support, mean: mean, spread: spread, meanShare: meanShare,
            signConsistency: signConsistency, samePositionShare: samePositionShare)
    }
}

/// Edges added up over the stored graphs of a group of prompts.
extension AtlasReader {
    /// What the graphs say about one node's edges, by the node at the other end.
    ///
    /// - Parameters:
    ///   - key: the target of the edges, or downstream their source
    ///   - prompts: with graphs, in canonical order, so that sums depend on nothing else
    func edgeTotals(
        of key: NodeKey, _ direction: NeighbourDirection, prompts: [Int], _ db: Database
    ) throws -> [NodeKey: EdgeSum] {
        var totals: [NodeKey: EdgeSum] = [:]
        for prompt in prompts {
            let graph = try storedGraph(of: prompt, db)
            let keys = graph.keys
            let isOwn = keys.map { $0 == key }
            guard isOwn.contains(true) else { continue }
            var weights: [NodeKey: Double] = [:]
            for edge in graph.edges where isOwn[direction == .upstream ? edge.target : edge.source] {
                guard let other = keys[direction == .upstream ? edge.source : edge.target] else { continue }
                weights[other, default: 0] += Double(edge.weight)
                totals[other, default: EdgeSum()].add(
                    weight: edge.weight, inputSum: graph.nodes[edge.target].inputSum,
                    isSamePosition: graph.position(ofNode: edge.target) == graph.position(ofNode: edge.source))
            }
            for (other, weight) in weights { totals[other]!.addPrompt(weight: weight) }
        }
        return totals
    }

    /// Those of a group's prompts with graphs in which a node can be, in canonical order.
    func prompts(_ group: [Int], thatCanHold key: NodeKey, _ db: Database) throws -> [Int] {
        let holding: Set<Int>
        switch key.kind {
        case .feature:
            holding = Set(try firings(of: key.feature!, db).map(\.promptID))
        case .logit:
            holding = Set(try Int.fetchAll(db, sql: Self.promptsExplaining, arguments: [key.token]))
        case .error, .token:
            return group
        }
        return group.filter(holding.contains)
    }

    static let promptsExplaining = """
        SELECT g.prompt_id FROM logit_targets t JOIN graphs g ON g.id = t.graph_id WHERE t.token = ?
        """
}

extension SparseGraph {
    /// Each node's key; `nil` for a target that is no single token, which is not added up over prompts.
    var keys: [NodeKey?] {
        nodes.indices.map { isCustomTarget($0) ? nil : NodeKey(nodes[$0].id, tokens: tokens, targets: targets) }
    }

    /// Where a kept node is.
    func position(ofNode node: Int) -> Int {
        switch nodes[node].id {
        case .feature(_, let position, _), .error(_, let position), .token(let position): position
        case .logit(let ordinal): targets[ordinal].position
        case .bias: preconditionFailure("the bias node is never stored")
        }
    }
}
