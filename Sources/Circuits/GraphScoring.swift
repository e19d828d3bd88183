extension GraphScores {
    /// Scores an unpruned graph.
    public init(_ graph: AttributionGraph) {
        let layout = graph.layout
        let influence = Influence(graph)
        let logitWeights = graph.targets.map(\.probability)
        let sources = influence.ofSources(logitWeights: logitWeights)
        let tokens = sources[layout.tokens].reduce(0.0) { $0 + Double($1) }
        let errors = sources[layout.errors].reduce(0.0) { $0 + Double($1) }
        var explained = 0.0
        // Nodes without inputs (errors and tokens) count as wholly explained, as the reference counts them.
        var total = errors + tokens
        explained += total
        for target in 0..<layout.targetCount {
            let own = Double(
                target < layout.featureCount ? sources[target] : logitWeights[target - layout.featureCount])
            var errorShare = 0.0
            for source in layout.errors { errorShare += Double(influence.share(target: target, source: source)) }
            explained += own * (1 - errorShare)
            total += own
        }
        self.init(
            replacement: tokens + errors > 0 ? tokens / (tokens + errors) : 0,
            completeness: total > 0 ? explained / total : 0)
    }
}
