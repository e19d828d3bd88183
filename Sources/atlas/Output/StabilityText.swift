import AtlasQuery
import Circuits

/// What survives pruning, as lines of text.
enum StabilityText {
    /// A graph's or a circuit's nodes and edges.
    static func lines(_ report: StabilityReport, limit: Int) -> [String] {
        let always = report.nodes.count { $0.kept == 1 }
        let alwaysEdges = report.edges.count { $0.kept == 1 }
        var lines = [
            "\(shown(report.name)): \(settings(report.grid)); all of them keep \(always) of \(report.nodes.count) "
                + "features and errors, \(alwaysEdges) of \(report.edges.count) edges",
            "",
        ]
        var nodes = TextTable(["node", ">kept by", ">influence", "label"])
        for node in report.nodes.prefix(limit) {
            nodes.add([
                place(node.node, node.position), node.kept.percent(), node.influence.fixed(4), node.label ?? "",
            ])
        }
        var edges = TextTable(["source", "", "target", ">kept by", ">weight"])
        for edge in report.edges.prefix(limit) {
            edges.add([
                place(edge.source, edge.sourcePosition), "→", place(edge.target, edge.targetPosition),
                edge.kept.percent(), edge.weight.signed(3),
            ])
        }
        lines += nodes.lines + [""] + edges.lines
        lines += [
            "",
            "kept by: share of the pruning settings that keep it. Below 100 % a conclusion that rests on it hangs on the",
            "thresholds. Nodes by influence, edges by how often they are kept, then by |weight|; --json has all.",
        ]
        return lines
    }

    /// One edge over many graphs.
    static func lines(_ report: EdgeStabilityReport) -> [String] {
        var lines = [
            "\(report.source) → \(report.target): both fire in \(report.promptCount.grouped) prompts with graphs, "
                + "\(report.examinedCount.grouped) looked at"
        ]
        if report.storedCount == 0 { return lines + ["no stored graph has the edge"] }
        lines += [
            "stored in \(report.storedCount.grouped); there \(report.kept.percent()) of \(settings(report.grid)) keep it "
                + "on average, and every setting keeps it in \(report.alwaysCount.grouped)"
        ]
        return lines
    }

    private static func settings(_ grid: StabilityGrid) -> String {
        func range(_ thresholds: [Double]) -> String { "\(thresholds.first ?? 0)–\(thresholds.last ?? 0)" }
        return "\(grid.count) settings (nodes \(range(grid.nodeThresholds)), edges \(range(grid.edgeThresholds)))"
    }

    private static func place(_ node: NodeName, _ position: Int?) -> String {
        NodeText(node).text + (position.map { "@\($0)" } ?? "")
    }
}
