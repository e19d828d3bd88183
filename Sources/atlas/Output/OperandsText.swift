import AtlasQuery

/// A feature's operand grid as lines of text.
struct OperandsText {
    /// From nothing to the largest mean.
    private static let shades = Array(" .:-=+*#%@")
    /// From nothing to as far below zero.
    private static let negativeShades = Array(" 123456789")
    /// How many rows and columns are drawn at most.
    private static let drawnCount = 20

    private let report: OperandsReport

    init(_ report: OperandsReport) { self.report = report }

    var lines: [String] {
        let shape = report.shape
        var lines = [
            "\(report.feature)\(report.label.map { "  \(shown($0))" } ?? ""): activation at the "
                + (report.position == .last ? "last token" : "token where it is largest")
                + ", \(shape.cellCount.grouped) of "
                + "\((report.rows.count * report.columns.count).grouped) cells (\(shown(report.filter)))",
            "fires in \(shape.activeShare.percent(1)) of the cells, maximum \(shape.maximum.fixed(2)), "
                + (shape.minimum.map { "minimum \($0.fixed(2)), " } ?? "") + "mean "
                + "\(shape.mean.fixed(3)), standard deviation \(shape.deviation.fixed(3))",
            OperandShapeText(shape).line, "",
        ]
        lines += drawing(
            "mean by last digits", size: (10, 10), rowTitles: (0..<10).map(String.init),
            columnTitles: (0..<10).map { "\($0)" }
        ) { row, column in
            (Self.lastDigit(report.rows[row]), Self.lastDigit(report.columns[column]))
        }
        let height = min(Self.drawnCount, report.rows.count)
        let width = min(Self.drawnCount, report.columns.count)
        let rowStarts = (0..<height).map { report.rows[($0 * report.rows.count + height - 1) / height] }
        lines += [""]
        lines += drawing(
            "mean by place", size: (height, width), rowTitles: rowStarts.map(String.init),
            columnTitles: (0..<width).map { _ in "" }
        ) { row, column in
            (row * height / report.rows.count, column * width / report.columns.count)
        }
        var fits = TextTable(["depends on", "class", ">groups", ">R²"])
        for fit in shape.fits.sorted(by: { $0.explained > $1.explained }) {
            fits.add([fit.name, fit.kind.rawValue, "\(fit.groupCount)", fit.explained.fixed(3)])
        }
        lines += [""] + fits.lines
        return lines + [
            "",
            "a: \(shown(report.rowTag)), downwards; b: \(shown(report.columnTag)), to the right. R²: share of the variance "
                + "that the rest of a cell's group",
            "explains; of fits within 0.05 of the best the one with the fewest groups names the class, below 0.3 none does.",
        ] + OperandShapeText.legend + ["Distrust grids with many holes and features that fire in few cells."]
    }

    private static func lastDigit(_ value: Int) -> Int { (value % 10 + 10) % 10 }

    /// Means over parts of the grid as shades, scaled to the largest.
    private func drawing(
        _ title: String, size: (height: Int, width: Int), rowTitles: [String], columnTitles: [String],
        part: (_ row: Int, _ column: Int) -> (Int, Int)
    ) -> [String] {
        var sums = [[Double]](repeating: [Double](repeating: 0, count: size.width), count: size.height)
        var counts = sums
        report.forEachCell { row, column, value in
            let place = part(row, column)
            sums[place.0][place.1] += value
            counts[place.0][place.1] += 1
        }
        let means = zip(sums, counts).map { zip($0, $1).map { $1 > 0 ? $0 / $1 : nil } }
        let largest = means.joined().compactMap { $0?.magnitude }.max() ?? 0
        let isSigned = means.joined().contains { $0 ?? 0 < 0 }
        let margin = rowTitles.map(\.count).max() ?? 0
        var lines = [
            "\(title) (\"@\" is \(largest.fixed(2)), " + (isSigned ? "\"9\" is \((-largest).fixed(2)), " : "")
                + "\"?\" has no prompt)"
        ]
        if columnTitles.contains(where: { !$0.isEmpty }) {
            lines.append(String(repeating: " ", count: margin + 1) + columnTitles.map { " \($0)" }.joined())
        }
        for (row, values) in means.enumerated() {
            let shades = values.map { value -> String in
                guard let value else { return " ?" }
                guard largest > 0, value != 0 else { return "  " }
                let shades = value > 0 ? Self.shades : Self.negativeShades
                let shade = min(
                    shades.count - 1, Int((Double(shades.count - 1) * value.magnitude / largest).rounded(.up)))
                return " \(shades[shade])"
            }
            let title = rowTitles[row]
            lines.append(
                String(repeating: " ", count: margin - title.count) + title + " " + shades.joined())
        }
        return lines
    }
}

/// What a grid depends on, in one line.
struct OperandShapeText {
    /// What the two defects are.
    static let legend = [
        "sum defect: squared difference of cells with one sum, over that of any two cells: 0 for a feature of the sum alone;",
        "rectangle defect: of g(a,b) + g(a',b') − g(a,b') − g(a',b): 0 where operands add up apart, 1 where only both matter.",
    ]

    private let shape: OperandShape

    init(_ shape: OperandShape) { self.shape = shape }

    var line: String {
        let kind = shape.fit.map { "\(shape.kind.rawValue): depends on \($0), R² \((shape.explained ?? 0).fixed(3))" }
        return (kind ?? (shape.kind == .constant ? "constant: the same everywhere" : "none of the classes"))
            + "; sum defect \(shape.sumDefect?.fixed(3) ?? "–"), rectangle defect \(shape.rectangleDefect?.fixed(3) ?? "–")"
            + (shape.peaks.isEmpty
                ? "" : "; most where " + shape.peaks.map { "\($0.name) (\($0.mean.fixed(2)))" }.joined(separator: "; "))
    }
}

/// The features of an operand grid as lines of text.
struct OperandRankingText {
    private let ranking: OperandRanking

    init(_ ranking: OperandRanking) { self.ranking = ranking }

    var lines: [String] {
        let counts = OperandClass.allCases.compactMap { kind in
            ranking.counts[kind.rawValue].map { "\($0) \(kind.rawValue)" }
        }
        var table = TextTable([
            "feature", "class", "depends on", ">R²", ">fires in", ">maximum", ">sum defect", ">rectangle", "most where",
            "label",
        ])
        for row in ranking.features {
            let shape = row.shape
            table.add([
                "\(row.feature)", shape.kind.rawValue, shape.fit ?? "", shape.explained?.fixed(3) ?? "",
                shape.activeShare.percent(1), shape.maximum.fixed(2), shape.sumDefect?.fixed(3) ?? "",
                shape.rectangleDefect?.fixed(3) ?? "", shape.peaks.first?.name ?? "", row.label ?? "",
            ])
        }
        return [
            "\(ranking.featureCount.grouped) features fire in \(ranking.cellCount.grouped) cells of "
                + "\(shown(ranking.rowTag)) × \(shown(ranking.columnTag)) (\(shown(ranking.filter))), read at the "
                + (ranking.position == .last ? "last token" : "token where they are largest") + ": "
                + counts.joined(separator: ", ") + ", \(ranking.rareCount.grouped) in too few cells"
        ] + table.lines + [
            "",
            "R²: share of the variance that the rest of a cell's group explains, each cell left out in turn.",
        ] + OperandShapeText.legend + [
            "Left out are features that fire in less than \(ranking.minimumShare.percent(1)) of the cells."
        ]
    }
}
