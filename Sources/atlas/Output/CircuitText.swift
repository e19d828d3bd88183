import AtlasQuery

/// A global circuit as lines of text.
struct CircuitText {
    private let report: CircuitReport

    init(_ report: CircuitReport) { self.report = report }

    /// How many edges are listed; JSON has them all.
    private static let edgeCount = 40

    var lines: [String] { header + nodeLines + edgeLines + scoreLines + legend }

    private var header: [String] {
        let basis =
            if let count = report.promptCount {
                count < report.groupSize
                    ? "\(count.grouped) of \(report.groupSize.grouped) prompts with graphs" : "\(count.grouped) prompts"
            } else {
                "all \(report.groupSize.grouped) stored graphs"
            }
        return [
            "circuit of \"\(shown(report.seedName))\" over \(basis): \(report.joinedCount) nodes joined, "
                + "\(report.nodes.count - 1) kept (errors included), \(report.edges.count) edges"
                + (report.weighting == "twera" ? "; features' inputs by TWERA" : ""),
            "",
        ]
    }

    private var isByEffect: Bool { report.options.ranking == .effect }

    private var nodeLines: [String] {
        var table = TextTable(
            [">#", "node"] + (isByEffect ? [">effect"] : []) + [
                ">influence", ">in prompts", ">activation", ">errors", ">outside", "label",
            ])
        for (place, node) in report.nodes.enumerated() {
            let effect = place == 0 ? "" : node.effect?.signed(3) ?? ""
            table.add(
                ["\(place)", NodeText(node.node).text] + (isByEffect ? [effect] : []) + [
                    node.influence.fixed(4), node.promptShare?.percent() ?? "", node.meanActivation?.fixed(2) ?? "",
                    node.errorShare?.percent() ?? "",
                    node.outsideShare?.percent() ?? "", node.label ?? "",
                ])
        }
        return table.lines
    }

    private var edgeLines: [String] {
        var table = TextTable([
            "source", "", "target", ">share", ">mean", ">± sd", ">in prompts", ">sign", ">same position",
        ])
        let ranked = report.edges.sorted { left, right in
            left.share * report.nodes[left.target].influence > right.share * report.nodes[right.target].influence
        }
        for edge in ranked.prefix(Self.edgeCount) {
            table.add([
                NodeText(report.nodes[edge.source].node).text, "→", NodeText(report.nodes[edge.target].node).text,
                edge.share.percent(1), edge.mean.signed(3), edge.spread.fixed(3), "\(edge.support)",
                edge.signConsistency.fixed(2), edge.samePositionShare.percent(),
            ])
        }
        let left = ranked.count - Self.edgeCount
        return ["", "edges, by share × the target's influence"] + table.lines
            + (left > 0 ? ["… and \(left.grouped) more; --json has all"] : [])
    }

    private var scoreLines: [String] {
        let scores = report.scores
        return [
            "",
            "influence ends in tokens \(scores.tokens.percent(1)), in errors \(scores.errors.percent(1)), outside of the "
                + "circuit \(scores.outside.percent(1)), in features without stored inputs "
                + scores.withoutInputs.percent(1),
            "replacement \(scores.replacement.fixed(3)), completeness \(scores.completeness.fixed(3)) of the circuit; "
                + "pruning kept \(report.keptInfluence.percent(1)) of the joined influence",
        ]
    }

    private var legend: [String] {
        [""]
            + (isByEffect
                ? [
                    "effect: what the node adds to the answer's lead over its strongest rival, by the model's derivative, mean",
                    "over the circuit's prompts, of a token those that it answers; its size decides which nodes join and stay.",
                ] : []) + [
                "influence: share of the seed's absolute inputs over all paths through the circuit; errors, outside: shares of",
                "a node's own inputs; share: of the target's stored absolute inputs; mean ± sd: signed weight over the prompts",
                "that have the edge; sign: 1 when it never changes. Positions are taken together. Trust no edge with few",
                "prompts, and no circuit most of whose influence ends outside or in errors.",
            ]
    }
}
