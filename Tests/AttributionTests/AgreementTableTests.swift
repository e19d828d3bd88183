import Attribution
import Circuits
import Testing

/// Prints how far results are from the reference's: `swift test --filter 'the largest differences'`.
@Suite struct `agreement with the reference` {
    @Test func `the largest differences from the reference are rounding`() throws {
        var lines = [
            "| case | hidden states | logits | activations | adjacency | identity |", "|---|---|---|---|---|---|",
        ]
        var worst: Float = 0
        for name in ForwardCase.names {
            let golden = try ForwardCase(name)
            let trace = try golden.model.run(golden.tokens)
            var figures = [
                difference(golden.foundHiddenStates(trace), golden.hiddenStates),
                difference(golden.model.logits(trace).values, golden.logits),
            ]
            if GoldenCase.graphNames.contains(name) { figures += try graphDifferences(GoldenCase(name)) }
            lines.append(row(name, figures))
            worst = max(worst, figures.max() ?? .infinity)
        }
        for name in `model folders`.variants {
            let golden = try ForwardCase(variant: name)
            let trace = try golden.model.run(golden.tokens)
            let figures = [
                difference(golden.foundHiddenStates(trace), golden.hiddenStates),
                difference(golden.model.logits(trace).values, golden.logits),
            ]
            lines.append(row(name, figures))
            worst = max(worst, figures.max() ?? .infinity)
        }
        print(lines.joined(separator: "\n"))
        #expect(worst < 1e-4)
    }

    private func graphDifferences(_ golden: GoldenCase) throws -> [Float] {
        let graph = try golden.graph().graph
        return [
            difference(graph.activeFeatures.map(\.activation), try golden.floats("activation_values")),
            difference(graph.adjacency(), try golden.adjacencyOfAddedEmbeddings(graph.layout)),
            graph.violations().max() ?? .infinity,
        ]
    }

    /// Figures with two digits, and dashes where the reference has nothing to compare with.
    private func row(_ name: String, _ figures: [Float]) -> String {
        let columns = figures.map(scientific) + [String](repeating: "–", count: 5 - figures.count)
        return "| \(name) | \(columns.joined(separator: " | ")) |"
    }
}

/// The largest |found − expected| / max(1, |expected|).
func difference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
}

/// A figure with two digits.
func scientific(_ value: Float) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    var (digits, exponent) = (value, 0)
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    return "\((digits * 10).rounded() / 10)e\(exponent)"
}
