import AtlasQuery

/// Motifs as lines of text.
struct MotifsText {
    private let report: MotifsReport

    init(_ report: MotifsReport) { self.report = report }

    var lines: [String] {
        let options = report.options
        var lines = [
            "\(shown(report.filter)): \(report.readGraphs.grouped) of \(report.promptCount.grouped) graphs, pruned to "
                + "\(options.nodeThreshold.percent()) of influence and \(options.edgeThreshold.percent()) of edges; on "
                + "average \(report.meanNodes.fixed(1)) features and \(report.meanEdges.fixed(1)) edges between them"
        ]
        for kind in MotifKind.allCases {
            let rows = report.motifs.filter { $0.kind == kind }
            guard !rows.isEmpty else { continue }
            var table = TextTable(["features", ">graphs", ">of", ">expected", ">± sd", ">z", ">p", ">q", "labels"])
            for row in rows {
                table.add([
                    Self.drawing(row), "\(row.support)", "\(row.together)", row.expected.fixed(1),
                    row.deviation.fixed(1), row.zScore?.signed(1) ?? "", row.pValue.fixed(3), row.qValue.fixed(3),
                    row.labels.contains { $0 != nil } ? row.labels.map { $0 ?? "–" }.joined(separator: " | ") : "",
                ])
            }
            lines += ["", "\(Self.titles[kind]!) (\((report.found[kind.rawValue] ?? 0).grouped) found)"] + table.lines
        }
        var census = TextTable(["shape", ">count", ">expected", ">± sd", ">z", ">p more", ">p fewer"])
        for row in report.census {
            census.add([
                row.shape, row.count.grouped, row.expected.fixed(0), row.deviation.fixed(0),
                row.zScore?.signed(1) ?? "", row.pValueMore.fixed(3), row.pValueFewer.fixed(3),
            ])
        }
        return lines + ["", "shapes without labels, over all graphs"] + census.lines + [
            "",
            "graphs: those that have the motif, of those that have its features; expected ± sd: after \(options.rewirings) "
                + "rewirings of each",
            "graph that keep every node's numbers of inputs and outputs; z: in such deviations; p never below "
                + "\((1 / Double(options.rewirings + 1)).fixed(3)); q: after",
            "control of the false-discovery rate over the \(report.testedCount.grouped) motifs tested, those in the most "
                + "graphs, which makes it optimistic.",
        ]
    }

    private static let titles: [MotifKind: String] = [
        .edge: "edges", .chain: "chains", .triangle: "feed-forward triangles", .fanIn: "two inputs of one feature",
        .fanOut: "two outputs of one feature",
    ]

    private static func drawing(_ row: MotifsReport.Row) -> String {
        let names = row.features.map(\.description)
        return switch row.kind {
        case .edge, .chain: names.joined(separator: " → ")
        case .triangle: names.joined(separator: " → ") + ", \(names[0]) → \(names[2])"
        case .fanIn: "\(names[0]), \(names[1]) → \(names[2])"
        case .fanOut: "\(names[0]) → \(names[1]), \(names[2])"
        }
    }
}
