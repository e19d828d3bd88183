import Attribution
import Circuits
import Testing

@Suite struct `reference graphs` {
    @Test(arguments: GoldenCase.names)
    func `hidden states and logits agree with the reference`(name: String) throws {
        let golden = try GoldenCase(name)
        let model = golden.attributor.model
        let trace = try model.run(golden.tokens())
        let final = model.finalNorm.applied(to: trace.finalResidual, denominators: trace.finalDenominators)
        let hidden = trace.layers.flatMap(\.residual.values) + final.values
        #expect(excess(hidden, try golden.floats("hidden_states"), absolute: 1e-4, relative: 1e-4) <= 1)
        #expect(excess(model.logits(trace).values, try golden.floats("logits"), absolute: 1e-4, relative: 1e-4) <= 1)
    }

    @Test(arguments: GoldenCase.names)
    func `the same features are active with the same values`(name: String) throws {
        let golden = try GoldenCase(name)
        let features = try golden.graph().graph.activeFeatures
        #expect(features.flatMap { [$0.layer, $0.position, $0.index] } == (try golden.integers("active_features")))
        #expect(
            excess(
                features.map(\.activation), try golden.floats("activation_values"), absolute: 1e-4, relative: 1e-4) <= 1)
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

    @Test(arguments: GoldenCase.names)
    func `choosing features by influence selects those of the reference`(name: String) throws {
        let golden = try GoldenCase(name)
        let partial = golden.scores.partial
        let graph = try golden.attributor.attribute(
            golden.tokens(),
            options: AttributionOptions(
                maximumFeatureNodes: partial.max_feature_nodes, maximumLogits: golden.scores.max_n_logits,
                desiredLogitProbability: golden.scores.desired_logit_prob, batchSize: partial.batch_size,
                updateInterval: partial.update_interval)
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
            graph, nodeThreshold: golden.scores.node_threshold, edgeThreshold: golden.scores.edge_threshold)
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
        #expect(abs(scores.replacement - golden.scores.replacement_score) < 1e-4)
        #expect(abs(scores.completeness - golden.scores.completeness_score) < 1e-4)
    }

    @Test(arguments: GoldenCase.names)
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
