import Attribution
import Circuits
import Testing

/// Rows of the neuron basis against automatic differentiation in double precision.
@Suite struct `neurons against the reference` {
    @Test(arguments: NeuronCase.names)
    func `rows, bias and values are those of automatic differentiation`(name: String) throws {
        let golden = try NeuronCase(name)
        let graph = try golden.graph().graph
        let found = try golden.found(graph)
        #expect(excess(found.rows, try golden.rows(), absolute: 1e-4, relative: 1e-3) <= 1)
        #expect(excess(found.bias, try golden.bias(), absolute: 1e-4, relative: 1e-3) <= 1)
        #expect(excess(found.values, try golden.values(), absolute: 1e-4, relative: 1e-3) <= 1)
        #expect(try #require(graph.violations().max()) <= 1e-4)
    }

    @Test(arguments: NeuronCase.names)
    func `activations are the reference's`(name: String) throws {
        let golden = try NeuronCase(name)
        let found = try golden.model.neuronActivations(golden.tokens).flatMap(\.values)
        #expect(excess(found, try golden.activations(), absolute: 1e-4, relative: 1e-3) <= 1)
    }

    @Test func `the largest differences of neurons from the reference are rounding`() throws {
        var lines = ["| case | activations | rows | bias | values | identity |", "|---|---|---|---|---|---|"]
        var worst: Float = 0
        for name in NeuronCase.names {
            let golden = try NeuronCase(name)
            let graph = try golden.graph().graph
            let found = try golden.found(graph)
            let figures = [
                difference(
                    try golden.model.neuronActivations(golden.tokens).flatMap(\.values), try golden.activations()),
                difference(found.rows, try golden.rows()), difference(found.bias, try golden.bias()),
                difference(found.values, try golden.values()), graph.violations().max() ?? .infinity,
            ]
            lines.append("| \(name) | \(figures.map(scientific).joined(separator: " | ")) |")
            worst = max(worst, figures.max() ?? .infinity)
        }
        print(lines.joined(separator: "\n"))
        #expect(worst < 1e-4)
    }
}
