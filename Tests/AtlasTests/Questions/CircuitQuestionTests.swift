import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

@Suite("circuit")
struct CircuitQuestionTests {
    /// A node's key, from its name.
    static func key(_ name: NodeName) -> NodeKey {
        if let feature = name.feature { return NodeKey(feature) }
        if let layer = name.layer { return NodeKey(errorOfLayer: layer) }
        guard let token = name.token else { return CircuitEdges.groupLogits }
        return name.kind == "token" ? NodeKey(token: token) : NodeKey(logit: token)
    }

    private static func everything(size: Int) -> CircuitOptions {
        var options = CircuitOptions(size: size)
        options.edgeThreshold = 1
        return options
    }

    private func check(_ report: CircuitReport, against oracle: CircuitOracle, seed: NodeKey) {
        let keys = report.nodes.map { Self.key($0.node) }
        let members = Set(keys.filter { $0.kind != .error })
        #expect(report.nodes.count > 5)
        for (key, node) in zip(keys, report.nodes) {
            #expect(agree(node.influence, oracle.influence(of: key, on: seed, members: members)))
        }
        for edge in report.edges {
            let pair = PlainOracle.Pair(target: keys[edge.target], source: keys[edge.source])
            guard let expected = oracle.edges[pair] else {
                Issue.record("no graph has the edge \(pair)")
                continue
            }
            let mean = expected.weight / Double(expected.support)
            #expect(edge.support == expected.support)
            #expect(agree(edge.mean, mean))
            #expect(agree(edge.share, oracle.share(pair.source, pair.target)))
            #expect(
                abs(edge.spread * edge.spread - (expected.square / Double(expected.support) - mean * mean)) < 1e-9)
            #expect(
                edge.signConsistency == Double(abs(expected.positive - expected.negative)) / Double(expected.support))
            #expect(agree(edge.samePositionShare, expected.absolute > 0 ? expected.same / expected.absolute : 0))
        }
    }

    @Test(arguments: [3, 4, 7])
    func `a token's circuit sums all paths over the prompts that explain it`(token: Int) throws {
        let fixture = try QueryFixture()
        let report = try fixture.reader.circuit(from: .token(token), options: Self.everything(size: 8))
        let explaining = fixture.facts.filter { $0.graph!.targets.contains { $0.token == token } }
        #expect(report.promptCount == explaining.count)
        check(report, against: CircuitOracle(explaining), seed: NodeKey(logit: token))
    }

    @Test func `a feature's circuit sums all paths over all stored graphs`() throws {
        let fixture = try QueryFixture()
        let feature = FeatureID(layer: 2, index: 5)
        let report = try fixture.reader.circuit(from: .feature(feature), options: Self.everything(size: 8))
        #expect(report.promptCount == nil)
        check(report, against: CircuitOracle(fixture.facts), seed: NodeKey(feature))
    }

    @Test func `a circuit by effects joins what decides the answer most among what feeds it`() throws {
        let atlas = try TexasAtlas()
        let token = try atlas.reader.token(" Austin")
        var options = Self.everything(size: 12)
        options.ranking = .effect
        let report = try atlas.reader.circuit(from: .token(token), options: options)
        let probabilities = try atlas.reader.prompts(where: .all).compactMap { prompt in
            try atlas.reader.graph(ofPrompt: prompt).targets.first { $0.token == token }.map { Double($0.probability) }
        }
        let mean = probabilities.reduce(0, +) / Double(probabilities.count)
        #expect(report.promptCount == probabilities.count)
        #expect(try agree(#require(report.seedProbability), mean))
        var sums: [NodeKey: Double] = [:]
        var answered = 0.0
        for prompt in try atlas.reader.prompts(where: .all) {
            let graph = try atlas.reader.graph(ofPrompt: prompt)
            guard let effects = graph.effects, effects.answer == token else { continue }
            answered += 1
            for (node, effect) in zip(graph.nodes, effects.gradient.gap) {
                sums[NodeKey(node.id, tokens: graph.tokens, targets: graph.targets)!, default: 0] += Double(effect)
            }
        }
        #expect(answered > 1 && report.joinedCount == 12)
        let effects = try report.nodes.map { node in
            let effect = try #require(node.effect)
            #expect(abs(effect - (sums[Self.key(node.node)] ?? 0) / answered) < 1e-9)
            return effect
        }
        #expect(effects.dropFirst().map(\.magnitude) == effects.dropFirst().map(\.magnitude).sorted(by: >))
        // What feeds the logit is open from the start: none that stayed out does more than one that joined.
        let joined = report.nodes.dropFirst().filter { $0.node.kind != "error" }
        let members = Set(joined.map { Self.key($0.node) })
        var direct: Set<NodeKey> = []
        for prompt in try atlas.reader.prompts(where: .all) {
            let graph = try atlas.reader.graph(ofPrompt: prompt)
            for edge in graph.edges where graph.nodes[edge.target].id == graph.logit(of: token) && edge.weight != 0 {
                let node = graph.nodes[edge.source].id
                if case .feature = node { direct.insert(NodeKey(node, tokens: graph.tokens, targets: graph.targets)!) }
            }
        }
        let left = direct.subtracting(members)
        #expect(!left.isEmpty)
        let least = joined.compactMap(\.effect?.magnitude).min()!
        #expect(left.allSatisfy { abs(sums[$0] ?? 0) / answered <= least })
    }

    @Test func `a circuit by effects of a feature, of a token that answers nothing, or without effects is refused`()
        throws
    {
        let fixture = try QueryFixture()
        var options = CircuitOptions()
        options.ranking = .effect
        func refusal(_ seed: CircuitSeed, _ reader: AtlasReader) -> String {
            do {
                _ = try reader.circuit(from: seed, options: options)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(.feature(FeatureID(layer: 2, index: 5)), fixture.reader).contains("found a feature"))
        #expect(refusal(.token(3), fixture.reader).contains("atlas index --effects"))
        let atlas = try TexasAtlas()
        let answers = Set(
            try atlas.reader.prompts(where: .all).compactMap {
                try atlas.reader.graph(ofPrompt: $0).effects?.answer
            })
        let other = try atlas.reader.graph(ofPrompt: atlas.reader.prompts(where: .all)[0]).targets
            .first { !answers.contains($0.token) }
        if let other {
            #expect(refusal(.token(other.token), atlas.reader).contains("prompts whose answer it is"))
        }
    }

    @Test func `a feature's circuit over all prompts is the same from stored graphs as from aggregated edges`() throws {
        let fixture = try QueryFixture()
        let seed = CircuitSeed.feature(FeatureID(layer: 2, index: 5))
        let byTable = try fixture.reader.circuit(from: seed)
        var options = CircuitOptions()
        options.group = .all
        let byGraphs = try fixture.reader.circuit(from: seed, options: options)
        #expect(byTable.nodes.map(\.node) == byGraphs.nodes.map(\.node))
        #expect(byTable.edges == byGraphs.edges)
    }

    @Test func `a group is all that the question looks at`() throws {
        let fixture = try QueryFixture()
        var options = Self.everything(size: 8)
        options.group = PromptFilter("family=even")
        let report = try fixture.reader.circuit(from: .token(3), options: options)
        check(
            report, against: CircuitOracle(fixture.facts.filter { $0.tags["family"] == "even" }), seed: .init(logit: 3))
    }

    @Test func `a limit takes the first prompts in canonical order`() throws {
        let fixture = try QueryFixture()
        var options = Self.everything(size: 8)
        options.promptLimit = 6
        let report = try fixture.reader.circuit(from: .token(3), options: options)
        #expect(report.groupSize == 40 && report.promptCount == 6)
        check(report, against: CircuitOracle(Array(fixture.oracle.prompts.prefix(6))), seed: .init(logit: 3))
    }

    @Test func `in a group's circuit every logit counts by its probability`() throws {
        let fixture = try QueryFixture()
        let report = try fixture.reader.circuit(
            from: .group(PromptFilter("family=odd")!), options: Self.everything(size: 8))
        var direct: [NodeKey: Double] = [:]
        for facts in fixture.oracle.prompts where facts.tags["family"] == "odd" {
            let graph = facts.graph!
            for edge in graph.edges {
                guard case .logit(let ordinal) = graph.nodes[edge.target].id else { continue }
                let key = fixture.oracle.key(edge.source, of: graph)
                guard key.kind != .logit else { continue }
                direct[key, default: 0] +=
                    Double(graph.targets[ordinal].probability) * Double(abs(edge.weight))
                    / Double(graph.nodes[edge.target].inputSum)
            }
        }
        let sum = direct.values.reduce(0, +)
        let keys = report.nodes.map { Self.key($0.node) }
        let inputs = report.edges.filter { $0.target == 0 }
        #expect(!inputs.isEmpty)
        for edge in inputs { #expect(abs(edge.share - direct[keys[edge.source]]! / sum) < 1e-12) }
    }

    @Test func `how often and how strongly features fire is counted over the circuit's prompts`() throws {
        let fixture = try QueryFixture()
        var options = CircuitOptions(size: 10)
        options.promptLimit = 7
        let report = try fixture.reader.circuit(from: .token(3), options: options)
        let prompts = fixture.oracle.prompts.prefix(7)
        for node in report.nodes {
            guard let feature = node.node.feature else { continue }
            let active = prompts.flatMap {
                $0.activations.filter { $0.feature == feature }.map { Double($0.activation) }
            }
            let firing = prompts.filter { $0.activations.contains { $0.feature == feature } }
            #expect(node.promptShare == Double(firing.count) / 7)
            #expect(active.isEmpty || agree(node.meanActivation!, active.reduce(0, +) / Double(active.count)))
        }
    }

    @Test(arguments: [
        CircuitSeed.token(3), .feature(FeatureID(layer: 2, index: 5)), .group(PromptFilter("family=odd")!),
    ])
    func `a circuit does not depend on the order and split of the corpus`(seed: CircuitSeed) throws {
        let one = try QueryFixture()
        let other = try QueryFixture(shuffledBy: 9)
        var options = CircuitOptions(size: 12)
        options.promptLimit = 11
        #expect(
            try one.reader.circuit(from: seed, options: options) == other.reader.circuit(from: seed, options: options))
    }

    @Test func `global inputs take the place of stored edges below the seed`() throws {
        let fixture = try QueryFixture()
        let source = FeatureID(layer: 0, index: 1)
        var asked: [FeatureID] = []
        let report = try fixture.reader.circuit(from: .token(3), options: CircuitOptions(size: 5)) { feature, _ in
            asked.append(feature)
            return feature.layer > 0 ? [GlobalInput(source: source, weight: -2, coactivations: 3)] : []
        }
        #expect(report.weighting == "twera" && !asked.isEmpty)
        let place = try #require(report.nodes.firstIndex { $0.node.feature == source })
        let inner = report.edges.filter { $0.source == place && $0.target != 0 }
        #expect(!inner.isEmpty)
        for edge in inner { #expect(edge.mean == -2 && edge.support == 3 && edge.share == 1) }
    }

    @Test func `a token that no graph of the group explains is told apart from one that none explains`() throws {
        let fixture = try QueryFixture()
        #expect(throws: QuestionError.self) { try fixture.reader.circuit(from: .token(0)) }
        var options = CircuitOptions()
        let number = try #require(
            fixture.facts.firstIndex { facts in !facts.graph!.targets.contains { $0.token == 7 } })
        options.group = PromptFilter("number=\(number)")
        #expect(throws: QuestionError.emptyGroup(filter: "number=\(number) explaining \"w7\"", needsGraphs: true)) {
            try fixture.reader.circuit(from: .token(7), options: options)
        }
    }
}

extension SparseGraph {
    /// The node of a token's logit; `nil` where the graph does not explain it.
    fileprivate func logit(of token: Int) -> NodeID? {
        targets.firstIndex { $0.token == token }.map { NodeID.logit(ordinal: $0) }
    }
}
