import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

@Suite("supernodes")
struct SupernodesTests {
    /// Scores from signed flows, influence as a sum over paths.
    private func scores(_ circuit: CircuitReport, groups: [[FeatureID]]) -> GraphScores {
        func name(_ place: Int) -> String {
            if let feature = circuit.nodes[place].node.feature,
                let group = groups.firstIndex(where: { $0.contains(feature) })
            {
                return "group \(group)"
            }
            return "node \(place)"
        }
        var flows: [String: [String: Double]] = [:]
        for edge in circuit.edges where name(edge.source) != name(edge.target) {
            let size = circuit.nodes[edge.target].influence * edge.share
            flows[name(edge.target), default: [:]][name(edge.source), default: 0] += edge.mean < 0 ? -size : size
        }
        func influence(_ node: String) -> Double {
            if node == name(0) { return 1 }
            var sum = 0.0
            for (target, inputs) in flows {
                guard let flow = inputs[node] else { continue }
                sum += influence(target) * abs(flow) / inputs.values.reduce(0) { $0 + abs($1) }
            }
            return sum
        }
        func places(_ kind: String) -> [String] {
            circuit.nodes.indices.filter { circuit.nodes[$0].node.kind == kind }.map(name)
        }
        let tokens = places("token").reduce(0) { $0 + influence($1) }
        let errors = places("error").reduce(0) { $0 + influence($1) }
        let errorNames = Set(places("error"))
        var (explained, total) = (tokens + errors, tokens + errors)
        for node in Set(places("feature") + [name(0)]) {
            let inputs = flows[node] ?? [:]
            let sum = inputs.values.reduce(0) { $0 + abs($1) }
            let fromErrors = inputs.filter { errorNames.contains($0.key) }.values.reduce(0) { $0 + abs($1) }
            explained += influence(node) * (1 - (sum > 0 ? fromErrors / sum : 0))
            total += influence(node)
        }
        return GraphScores(replacement: tokens / (tokens + errors), completeness: explained / total)
    }

    @Test(arguments: [-0.2, 0.0, 0.2])
    func `the loss is that of the circuit recomputed with its groups merged`(threshold: Double) throws {
        let fixture = try QueryFixture()
        let options = CircuitOptions(size: 9)
        let report = try fixture.reader.supernodes(of: .token(3), options: options, threshold: threshold)
        let circuit = try fixture.reader.circuit(from: .token(3), options: options)
        let before = scores(circuit, groups: [])
        let after = scores(circuit, groups: report.groups.map { $0.members.map(\.feature) })
        #expect(agree(report.before.replacement, before.replacement))
        #expect(agree(report.before.completeness, before.completeness))
        #expect(agree(report.after.replacement, after.replacement))
        #expect(agree(report.after.completeness, after.completeness))
        let grouped = report.groups.flatMap(\.members) + report.alone
        #expect(
            grouped.map(\.feature).sorted() == circuit.nodes.dropFirst().compactMap(\.node.feature).sorted())
        if threshold < 0 { #expect(!report.groups.isEmpty) }
    }

    @Test func `firing together is the correlation of the strongest activations a prompt`() throws {
        let fixture = try QueryFixture()
        let report = try fixture.reader.supernodes(of: .token(3), options: CircuitOptions(size: 12), threshold: -0.3)
        let group = try #require(report.groups.first)
        let signatures = group.members.map { member in
            fixture.oracle.activations(of: member.feature).map { Double($0.map(\.value).max() ?? 0) }
        }
        let means = signatures.map { $0.reduce(0, +) / Double($0.count) }
        func moment(_ first: Int, _ second: Int) -> Double {
            zip(signatures[first], signatures[second]).reduce(0) {
                $0 + ($1.0 - means[first]) * ($1.1 - means[second])
            }
        }
        var correlations: [Double] = []
        for first in signatures.indices {
            for second in 0..<first {
                correlations.append(
                    moment(first, second) / (moment(first, first) * moment(second, second)).squareRoot())
            }
        }
        #expect(abs(group.correlation - correlations.reduce(0, +) / Double(correlations.count)) < 1e-9)
        #expect(agree(group.similarity, (group.correlation + group.edgeCosine) / 2))
    }

    @Test func `suggestions do not depend on the order and split of the corpus`() throws {
        let (one, other) = (try QueryFixture(), try QueryFixture(shuffledBy: 4))
        #expect(
            try one.reader.supernodes(of: .token(4), threshold: 0.1)
                == other.reader.supernodes(of: .token(4), threshold: 0.1))
    }
}
