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
        if !report.limitations.isEmpty { lines += [""] + report.limitations }
        lines += [
            "",
            "\(report.testedCount.grouped) motifs tested, \(report.significantCount.grouped) with q of at most "
                + "\(options.falseDiscoveryRate.plain(2)), \(report.significantInBoth.grouped) of them also where layers and "
                + "positions are kept",
        ]
        for kind in MotifKind.allCases {
            let rows = report.motifs.filter { $0.kind == kind }
            guard !rows.isEmpty else { continue }
            var table = TextTable([
                "features", ">graphs", ">of", ">expected", ">z", ">p", ">q", ">in places", ">z", ">p", ">q", "labels",
            ])
            for row in rows {
                table.add(
                    [Self.drawing(row), "\(row.support)", "\(row.together)"] + Self.cells(row.degrees)
                        + Self.cells(row.places) + [
                            row.labels.contains { $0 != nil }
                                ? row.labels.map { $0 ?? "–" }.joined(separator: " | ") : ""
                        ])
            }
            lines += ["", "\(Self.titles[kind]!) (\((report.found[kind.rawValue] ?? 0).grouped) found)"] + table.lines
        }
        var census = TextTable([
            "shape", ">count", ">expected", ">z", ">p more", ">p fewer", ">in places", ">z", ">p more", ">p fewer",
        ])
        for row in report.census {
            census.add([row.shape, row.count.grouped] + Self.cells(row.degrees) + Self.cells(row.places))
        }
        return lines + ["", "shapes without labels and signs, over all graphs"] + census.lines + [
            "",
            "→ raises, ⊣ lowers; graphs: those that have the motif, of those that have its features; expected: mean after "
                + "\(options.rewirings.grouped)",
            "rewirings of each graph that keep every node's numbers of inputs and outputs by sign; in places: the same, "
                + "the layers and",
            "positions of edges kept too; z: in standard deviations over rewirings; p: share of rewirings with as many, "
                + "never below "
                + "\((1 / Double(options.rewirings + 1)).plain(2)); q: after",
            "control of the false-discovery rate over the motifs tested, those in the most graphs, which makes it "
                + "optimistic.",
        ]
    }

    private static func cells(_ null: MotifsReport.Expectation) -> [String] {
        [null.expected.fixed(1), null.zScore?.signed(1) ?? "", null.pValue.plain(2), null.qValue.plain(2)]
    }

    private static func cells(_ null: MotifsReport.CensusExpectation) -> [String] {
        [
            null.expected.fixed(0), null.zScore?.signed(1) ?? "", null.pValueMore.plain(2), null.pValueFewer.plain(2),
        ]
    }

    private static let titles: [MotifKind: String] = [
        .edge: "edges", .chain: "chains", .triangle: "feed-forward triangles", .fanIn: "two inputs of one feature",
        .fanOut: "two outputs of one feature",
    ]

    private static func drawing(_ row: MotifsReport.Row) -> String {
        let names = row.features.map(\.description)
        let arrows = row.signs?.map { $0 > 0 ? " → " : " ⊣ " } ?? [" → ", " → ", " → "]
        let isUniform = arrows[0] == arrows[min(1, arrows.count - 1)]
        return switch row.kind {
        case .edge: names[0] + arrows[0] + names[1]
        case .chain: names[0] + arrows[0] + names[1] + arrows[1] + names[2]
        case .triangle: names[0] + arrows[0] + names[1] + arrows[1] + names[2] + ", " + names[0] + arrows[2] + names[2]
        case .fanIn:
            isUniform
                ? "\(names[0]), \(names[1])\(arrows[0])\(names[2])"
                : "\(names[0])\(arrows[0])\(names[2]), \(names[1])\(arrows[1])\(names[2])"
        case .fanOut:
            isUniform
                ? "\(names[0])\(arrows[0])\(names[1]), \(names[2])"
                : "\(names[0])\(arrows[0])\(names[1]), \(names[0])\(arrows[1])\(names[2])"
        }
    }
}
