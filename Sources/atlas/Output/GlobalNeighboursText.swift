import AtlasQuery

/// Neighbours by stored edges and by weights as lines of text.
struct GlobalNeighboursText {
    private let title: String
    private let report: GlobalNeighbours

    init(_ title: String, _ report: GlobalNeighbours) {
        self.title = title
        self.report = report
    }

    var lines: [String] {
        let prompts = "\(report.graphCount.grouped) graphs of \(report.promptCount.grouped) prompts"
        let group = report.filter.map { " where \(shown($0))" } ?? ""
        let heading = "\(title), by \(report.ranking.title), in \(prompts)\(group)"
        guard !report.neighbours.isEmpty else { return ["\(heading): nothing"] }
        var headers = ["node", ">mean edge", ">± sd", ">prompts", ">share of input", ">sign", ">same position"]
        if report.scale != nil { headers += [">V", ">ERA", ">TWERA", ">together", "flag"] }
        var table = TextTable(headers + ["label"])
        for neighbour in report.neighbours {
            var cells = [NodeText(neighbour.node).text]
            if neighbour.support > 0 {
                cells += [
                    neighbour.mean.signed(3), neighbour.spread.fixed(3), "\(neighbour.support)",
                    neighbour.meanShare.percent(1), neighbour.signConsistency.fixed(2),
                    neighbour.samePositionShare.percent(),
                ]
            } else {
                cells += ["none", "", "0", "", "", ""]
            }
            if report.scale != nil { cells += WeightCells(neighbour.weights).cells }
            table.add(cells + [neighbour.label ?? ""])
        }
        return [heading] + table.lines + ["", Self.edgeLegend] + weightLegend
    }

    private static let edgeLegend =
        "mean edge: over the prompts that have one, with their standard deviation; sign: 1 when it never changes."

    private var weightLegend: [String] {
        guard let scale = report.scale, let tokens = report.countedTokens, let active = report.activeTokens else {
            return []
        }
        return WeightCells.legend(scale)
            + ["\(report.feature) is active at \(active.grouped) of \(tokens.grouped) counted tokens."]
    }
}

/// A global weight as cells of a table.
struct WeightCells {
    let cells: [String]

    init(_ weight: GlobalWeight?) {
        cells =
            weight.map {
                [
                    $0.virtualWeight.signed(3), $0.era.significant(3), $0.twera.significant(3),
                    $0.coactiveTokens.grouped,
                    $0.flag?.rawValue ?? "",
                ]
            } ?? ["", "", "", "", ""]
    }

    /// What the cells say.
    static func legend(_ scale: WeightScale) -> [String] {
        [
            "V: decoder times encoder along the residual stream at one position, norm gains folded in, norm denominators",
            "left out: compare V with V, not with edges; nothing here went through attention. ERA: V × mean activation of",
            "the source over all tokens where the target fires; TWERA: V × mean of source × target / mean of target;",
            "together: tokens where both are active. Trust no ERA or TWERA with few of them.",
            "interference: never together, |V| ≥ \(scale.largeWeight.fixed(3)) (top 1 % of \(scale.pairCount.grouped) pairs);",
            "co-activation alone: |V| ≤ \(scale.tinyWeight.fixed(3)) (lower half)"
                + (scale.largeTargetWeighted.map { ", |TWERA| ≥ \($0.fixed(3)) (top 5 % of those together)" } ?? "")
                + ".",
        ]
    }
}

extension NeighbourRanking {
    /// As a heading says it.
    fileprivate var title: String {
        switch self {
        case .edges: "stored edges"
        case .twera: "TWERA"
        case .era: "ERA"
        case .virtual: "virtual weight"
        }
    }
}
