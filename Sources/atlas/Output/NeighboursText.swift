import AtlasQuery

/// Neighbours of a feature as lines of text.
struct NeighboursText {
    private let title: String
    private let neighbours: [Neighbour]

    init(_ title: String, _ neighbours: [Neighbour]) {
        self.title = title
        self.neighbours = neighbours
    }

    var lines: [String] {
        guard !neighbours.isEmpty else { return ["\(title): no stored edges"] }
        var table = TextTable([
            "node", ">mean edge", ">± sd", ">prompts", ">share of input", ">sign", ">same position", "label",
        ])
        for neighbour in neighbours {
            table.add([
                NodeText(neighbour.node).text, neighbour.mean.signed(3), neighbour.spread.fixed(3),
                "\(neighbour.support)",
                neighbour.meanShare.percent(1), neighbour.signConsistency.fixed(2),
                neighbour.samePositionShare.percent(), neighbour.label ?? "",
            ])
        }
        return ["\(title), by stored edges (mean over the prompts that have one)"] + table.lines
    }
}

/// A node as a person reads it.
struct NodeText {
    let text: String

    init(_ node: NodeName) {
        switch node.kind {
        case "feature": text = node.feature.map { "\($0)" } ?? "feature"
        case "error": text = "error of layer \(node.layer ?? 0)"
        case "logit": text = "logit \"\(shown(node.text ?? ""))\""
        default: text = "token \"\(shown(node.text ?? ""))\""
        }
    }
}
