import Attribution
import Circuits
import LanguageModels
import Testing

@Suite struct `reference graphs` {
    @Test(arguments: ForwardCase.names)
    func `hidden states and logits agree with the reference`(name: String) throws {
        let golden = try ForwardCase(name)
        let trace = try golden.model.run(golden.tokens)
        #expect(excess(golden.foundHiddenStates(trace), golden.hiddenStates, absolute: 1e-4, relative: 1e-4) <= 1)
        #expect(excess(golden.model.logits(trace).values, golden.logits, absolute: 1e-4, relative: 1e-4) <= 1)
    }

    @Test func `the reference's own Gemma 2 forward pass is ours without the scores' soft-cap`() throws {
        let golden = try GoldenCase("gemma2-plt_jumprelu")
        let folder = try CopiedModel("gemma2-plt_jumprelu/model")
        try folder.edit("\"attn_logit_softcapping\": 50.0", to: "\"attn_logit_softcapping\": null")
        let model = try LanguageModel(folder: folder.path)
        let logits = try model.logits(model.run(golden.tokens())).values
        #expect(excess(logits, try golden.floats("logits"), absolute: 1e-4, relative: 1e-4) <= 1)
    }

    @Test(arguments: GoldenCase.graphNames)
    func `the same features are active with the same values`(name: String) throws {
        let golden = try GoldenCase(name)
        let features = try golden.graph().graph.activeFeatures
        #expect(features.flatMap { [$0.layer, $0.position, $0.index] } == (try golden.integers("active_features")))
        #expect(
            excess(
                features.map(\.activation), try golden.floats("activation_values"), absolute: 1e-4, relative: 1e-4) <= 1
        )
    }

    @Test(arguments: GoldenCase.names)
    func `the adjacency matrix agrees with the reference`(name: String) throws {
        let golden = try GoldenCase(name)
        let graph = try golden.graph().graph
        #expect(graph.selectedFeatures == (try golden.integers("selected_features")))
        #expect(graph.targets.map(\.token) == (try golden.integers("logit_tokens")))
        #expect(
            excess(
                graph.targets.map(\.probability), try golden.floats("logit_probabilities"), absolute: 1e-4,
                relative: 1e-4) <= 1)
        #expect(excess(graph.adjacency(), try golden.floats("adjacency"), absolute: 1e-4, relative: 1e-3) <= 1)
    }

    @Test(arguments: GoldenCase.scaledEmbeddingNames)
    func `token columns are √modelWidth times the reference's, the other columns are the reference's`(
        name: String
    ) throws {
        let golden = try GoldenCase(name)
        let graph = try golden.graph().graph
        #expect(graph.selectedFeatures == (try golden.integers("selected_features")))
        #expect(graph.targets.map(\.token) == (try golden.integers("logit_tokens")))
        let expected = try golden.adjacencyOfAddedEmbeddings(graph.layout)
        #expect(excess(graph.adjacency(), expected, absolute: 1e-4, relative: 1e-3) <= 1)
    }

    @Test(arguments: GoldenCase.names)
    func `choosing features by influence selects those of the reference`(name: String) throws {
        let golden = try GoldenCase(name)
        let partial = golden.scores.partial
        let graph = try golden.attributor.attribute(
            golden.tokens(),
            options: AttributionOptions(
                maximumFeatureNodes: partial.maxFeatureNodes, maximumLogits: golden.scores.maxNLogits,
                desiredLogitProbability: golden.scores.desiredLogitProb, batchSize: partial.batchSize,
                updateInterval: partial.updateInterval)
        ).graph
        #expect(graph.selectedFeatures == (try golden.integers("partial_selected_features")))
        #expect(excess(graph.adjacency(), try golden.floats("partial_adjacency"), absolute: 1e-4, relative: 1e-3) <= 1)
        #expect(try #require(graph.violations().max()) <= 1e-4)
    }

    @Test(arguments: GoldenCase.names)
    func `pruning keeps the nodes and edges of the reference`(name: String) throws {
        let golden = try GoldenCase(name)
        let graph = try golden.graph().graph
        let pruning = Pruning(
            graph, nodeThreshold: golden.scores.nodeThreshold, edgeThreshold: golden.scores.edgeThreshold)
        #expect(pruning.keptNodes.map { $0 ? 1 : 0 } == (try golden.integers("prune_node_mask")))
        #expect(graph.squared(pruning.keptEdges.map { $0 ? 1 : 0 }) == (try golden.integers("prune_edge_mask")))
        #expect(
            excess(
                pruning.cumulativeInfluence, try golden.floats("cumulative_scores"), absolute: 1e-4, relative: 1e-4)
                <= 1)
    }

    @Test(arguments: GoldenCase.names)
    func `scores agree with the reference`(name: String) throws {
        let golden = try GoldenCase(name)
        let scores = GraphScores(try golden.graph().graph)
        #expect(abs(scores.replacement - golden.scores.replacementScore) < 1e-4)
        #expect(abs(scores.completeness - golden.scores.completenessScore) < 1e-4)
    }

    @Test(arguments: GoldenCase.graphNames)
    func `all inputs of a target sum to its pre-activation`(name: String) throws {
        let violations = try GoldenCase(name).graph().graph.violations()
        #expect(try #require(violations.max()) <= 1e-4)
    }
}

extension AttributionGraph {
    /// Puts a `[targets, sources]` array into the reference's square matrix.
    func squared<Value: Numeric>(_ values: [Value]) -> [Value] {
        let layout = layout
        var result = [Value](repeating: 0, count: layout.nodeCount * layout.nodeCount)
        for target in 0..<layout.targetCount {
            for source in 0..<layout.sourceCount {
                result[layout.node(ofTarget: target) * layout.nodeCount + source] =
                    values[target * layout.sourceCount + source]
            }
        }
        return result
    }

    /// The reference's `adjacency`.
    func adjacency() -> [Float] { squared(weights) }
}
