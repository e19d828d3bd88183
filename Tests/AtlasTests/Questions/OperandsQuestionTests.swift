import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Operand grids: made-up features of known dependence, and the arithmetic against the plain way.
struct OperandsQuestionTests {
    /// What the made-up features are worth at `a + b`.
    private static let features: [(FeatureID, OperandClass, String?, @Sendable (Int, Int) -> Float)] = [
        (FeatureID(layer: 0, index: 0), .bar, "a", { a, _ in a == 7 || a == 8 ? 2 : 0 }),
        (FeatureID(layer: 0, index: 1), .bar, "b div 10", { _, b in b / 10 == 1 ? 3 : 0 }),
        (FeatureID(layer: 0, index: 2), .stripe, "b mod 10", { _, b in b % 10 == 3 ? 1 : 0 }),
        (FeatureID(layer: 0, index: 3), .diagonal, "a+b", { a, b in abs(a + b - 17) < 3 ? 2 : 0 }),
        (FeatureID(layer: 1, index: 0), .diagonal, "(a+b) mod 10", { a, b in (a + b) % 10 == 5 ? 2 : 0 }),
        (
            FeatureID(layer: 1, index: 1), .lookup, "a mod 10, b mod 10",
            { a, b in a % 10 == 6 && b % 10 == 9 ? 4 : 0 }
        ),
        (FeatureID(layer: 1, index: 2), .constant, nil, { _, _ in 1.5 }),
        (FeatureID(layer: 1, index: 3), .none, nil, { a, b in (a * 7919 + b * 104729 + a * b * 31) % 13 < 5 ? 1 : 0 }),
    ]

    /// Twenty by twenty additions; at an earlier position every feature fires too.
    private static func facts() -> [PromptFacts] {
        (0..<400).map { number in
            let (a, b) = (number / 20, number % 20)
            var active: [ActiveFeature] = []
            for (feature, _, _, value) in features {
                active.append(.init(layer: feature.layer, position: 1, index: feature.index, activation: 9))
                guard value(a, b) > 0 else { continue }
                active.append(.init(layer: feature.layer, position: 2, index: feature.index, activation: value(a, b)))
            }
            return PromptFacts(
                text: "\(a)+\(b)=", tokens: [0, 1, 2], countedTokens: 2, tags: ["a": "\(a)", "b": "\(b)"],
                predictedToken: 1, predictedProbability: 0.5, activations: active.sorted())
        }
    }

    private func reader(_ facts: [PromptFacts]) throws -> (TemporaryAtlas, AtlasReader) {
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        return (test, AtlasReader(test.atlas))
    }

    @Test func `a feature is put into the class that it was made for`() throws {
        let (test, reader) = try reader(Self.facts())
        for (feature, kind, fit, value) in Self.features {
            let report = try reader.operands(of: feature)
            #expect(report.shape.kind == kind && report.shape.fit == fit, "\(feature)")
            #expect(report.rows == Array(0..<20) && report.columns == Array(0..<20))
            for a in 0..<20 {
                for b in 0..<20 { #expect(report.values[a][b] == Double(ActivationBlock.rounded(value(a, b)))) }
            }
        }
        withExtendedLifetime(test) {}
    }

    @Test func `a ranking tells of each feature what it tells alone`() throws {
        let (test, reader) = try reader(Self.facts().shuffled())
        let ranking = try reader.operandRanking(minimumShare: 0)
        #expect(ranking.featureCount == Self.features.count && ranking.cellCount == 400)
        for row in ranking.features { #expect(row.shape == (try reader.operands(of: row.feature).shape)) }
        #expect(ranking.counts == ["bar": 2, "stripe": 1, "diagonal": 2, "lookup": 1, "constant": 1, "none": 1])
        let lookups = try reader.operandRanking(of: .lookup, minimumShare: 0)
        #expect(lookups.features.map(\.feature) == [FeatureID(layer: 1, index: 1)])
        #expect(lookups.features[0].shape.peaks.first?.name == "a mod 10 = 6, b mod 10 = 9")
        withExtendedLifetime(test) {}
    }

    @Test func `of features without a fit those of larger size come first, then the first of equals`() throws {
        let sizes: [Float] = [1.5, 4, 2.5, -3, 4]
        let facts = (0..<9).map { number in
            PromptFacts(
                text: "\(number / 3)+\(number % 3)=", tokens: [0, 1, 2], countedTokens: 2,
                tags: ["a": "\(number / 3)", "b": "\(number % 3)"], predictedToken: 1, predictedProbability: 0.5,
                activations: sizes.enumerated().map {
                    ActiveFeature(layer: 0, position: 2, index: $0.offset, activation: $0.element)
                })
        }
        let (test, reader) = try reader(facts)
        let ranking = try reader.operandRanking(of: .constant)
        #expect(ranking.features.map(\.feature.index) == [1, 4, 3, 2, 0])
        #expect(ranking.features.allSatisfy { $0.shape.explained == nil })
        withExtendedLifetime(test) {}
    }

    @Test func `features that fire in too few cells are counted and left out`() throws {
        let (test, reader) = try reader(Self.facts())
        let ranking = try reader.operandRanking(minimumShare: 0.05)
        withExtendedLifetime(test) {}
        #expect(ranking.rareCount == 1 && ranking.featureCount == 8 && ranking.counts["lookup"] == nil)
    }

    @Test func `the largest activation over positions may be asked for instead of the last`() throws {
        let (test, reader) = try reader(Self.facts())
        var options = OperandsOptions()
        options.position = .largest
        let report = try reader.operands(of: FeatureID(layer: 0, index: 0), options: options)
        #expect(report.shape.kind == .constant && report.values.joined().allSatisfy { $0 == 9 })
        withExtendedLifetime(test) {}
    }

    @Test func `a fit explains the share of variance that remains when each cell is predicted without itself`() throws {
        var generator = SeededNumbers(seed: 2)
        let present = Set(
            (0..<15).flatMap { a in (0..<12).map { OperandCell(row: a, column: $0 + 3) } }
                .filter { _ in generator.below(4) > 0 })
        let grid = OperandGrid(present)
        let values = grid.cells.indices.filter { _ in generator.below(2) == 0 }
            .map { (cell: $0, value: Double(generator.below(1000)) / 100) }
        let dense = grid.cells.indices.map { place in values.first { $0.cell == place }?.value ?? 0 }
        let shape = OperandFitting(values, grid: grid).shape
        func meanWithout(_ place: Int, _ others: some Collection<Int>) -> Double {
            (others.reduce(0) { $0 + dense[$1] } - dense[place]) / Double(others.count - 1)
        }
        let all = Array(grid.cells.indices)
        func squaredError(_ place: Int, _ others: some Collection<Int>) -> Double {
            let error = dense[place] - meanWithout(place, others)
            return error * error
        }
        let total = all.reduce(0) { $0 + squaredError($1, all) }
        for (family, fit) in zip(OperandFamily.all, shape.fits) {
            let groups = Dictionary(grouping: grid.cells.indices) { place in
                let cell = grid.cells[place]
                return family.group(grid.rows[cell / grid.columns.count], grid.columns[cell % grid.columns.count])
            }
            let missed = groups.values.joined().reduce(0.0) { sum, place in
                let group = groups.values.first { $0.contains(place) }!
                return sum + squaredError(place, group.count > 1 ? group : all)
            }
            let expected = 1 - missed / total
            #expect(abs(fit.explained - expected) < 1e-9 && fit.groupCount == groups.count)
        }
        #expect(shape.rectangleDefect == nil)
    }

    @Test func `the defects are means over all rectangles and over all lines of one sum`() throws {
        var generator = SeededNumbers(seed: 6)
        let present = Set((0..<7).flatMap { a in (0..<5).map { OperandCell(row: a + 2, column: $0) } })
        let grid = OperandGrid(present)
        let values = grid.cells.indices.filter { _ in generator.below(3) > 0 }
            .map { (cell: $0, value: Double(generator.below(1000)) / 100) }
        func value(_ row: Int, _ column: Int) -> Double { values.first { $0.cell == row * 5 + column }?.value ?? 0 }
        let all = (0..<35).map { value($0 / 5, $0 % 5) }
        let mean = all.reduce(0, +) / 35
        let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 34
        var (rectangles, lines): ([Double], [Double]) = ([], [])
        for a in 0..<7 {
            for b in 0..<5 {
                for a2 in 0..<7 {
                    for b2 in 0..<5 {
                        if a != a2, b != b2 {
                            let defect = value(a, b) + value(a2, b2) - value(a, b2) - value(a2, b)
                            rectangles.append(defect * defect)
                        }
                        if a != a2, a + b == a2 + b2 {
                            let defect = value(a, b) - value(a2, b2)
                            lines.append(defect * defect)
                        }
                    }
                }
            }
        }
        let shape = OperandFitting(values, grid: grid).shape
        let rectangle = rectangles.reduce(0, +) / Double(rectangles.count) / (4 * variance)
        let line = lines.reduce(0, +) / Double(lines.count) / (2 * variance)
        #expect(abs(try #require(shape.rectangleDefect) - rectangle) < 1e-9)
        #expect(abs(try #require(shape.sumDefect) - line) < 1e-9)
    }

    /// Prompts in which one feature fires, with tags of their own.
    private static func facts(tags: [(String, String)]) -> [PromptFacts] {
        tags.enumerated().map { number, tag in
            PromptFacts(
                text: "prompt \(number)", tokens: [0, 1, 2], countedTokens: 2, tags: ["a": tag.0, "b": tag.1],
                predictedToken: 1, predictedProbability: 0.5,
                activations: [.init(layer: 0, position: 2, index: 0, activation: Float(number % 7 + 1))])
        }
    }

    @Test func `operands at the ends of the range of numbers are added without a fault`() throws {
        let ends = ["\(Int.min)", "-1", "0", "1", "\(Int.max)", "9223372036854775808", "x"]
        let (test, reader) = try reader(Self.facts(tags: ends.flatMap { a in ends.map { (a, $0) } }))
        let report = try reader.operands(of: FeatureID(layer: 0, index: 0))
        #expect(report.rows == [.min, -1, 0, 1, .max] && report.columns == report.rows)
        #expect(report.shape.fits.first { $0.name == "a+b" }?.groupCount == 13)
        _ = try reader.operandRanking()
        withExtendedLifetime(test) {}
    }

    @Test func `a grid with few cells among many combinations is told cell by cell`() throws {
        let tags = (0..<300).map { ("\($0)", "\($0 * 7919 % 300)") }
        let (test, reader) = try reader(Self.facts(tags: tags))
        let report = try reader.operands(of: FeatureID(layer: 0, index: 0))
        #expect(report.values.isEmpty && report.cells?.count == 300)
        var seen = 0
        report.forEachCell { row, column, value in
            seen += 1
            #expect(column == row * 7919 % 300 && value == Double(row % 7 + 1))
        }
        #expect(seen == 300)
        #expect(try JSONEncoder().encode(report).count < 40_000)
        withExtendedLifetime(test) {}
    }

    @Test func `a feature of the sum has no sum defect and a bar no rectangle defect`() throws {
        let (test, reader) = try reader(Self.facts())
        let sum = try reader.operands(of: FeatureID(layer: 0, index: 3)).shape
        let bar = try reader.operands(of: FeatureID(layer: 0, index: 0)).shape
        withExtendedLifetime(test) {}
        let (sumOfSum, rectangleOfBar) = (try #require(sum.sumDefect), try #require(bar.rectangleDefect))
        #expect(abs(sumOfSum) < 1e-9 && abs(rectangleOfBar) < 1e-9)
        let (rectangleOfSum, sumOfBar) = (try #require(sum.rectangleDefect), try #require(bar.sumDefect))
        #expect(rectangleOfSum > 0.5 && sumOfBar > 0.5)
    }

    @Test func `tags without numbers make no grid`() throws {
        let (test, reader) = try reader(Self.facts() + RandomFacts.prompts(3, graphs: false))
        var options = OperandsOptions()
        options.rowTag = "family"
        #expect(throws: QuestionError.noGrid(rows: "family", columns: "b", nearest: ["a", "b", "number"])) {
            try reader.operandRanking(options: options)
        }
        withExtendedLifetime(test) {}
    }
}
