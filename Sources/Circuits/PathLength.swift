extension AttributionGraph {
    /// The mean number of edges on a way from a token or an error to a logit, each way weighted by its influence.
    ///
    /// A node's influence is the weight of the ways that run through it, and each takes one edge from there, unless the
    /// node has no inputs. Features that did not become nodes lie on no way: a graph of few features looks shorter than it
    /// is.
    ///
    /// - SeeAlso: Ameisen et al. 2025, "Comparing to other replacement models", where cross-layer transcoders shorten
    ///   ways.
    public var meanPathLength: Double {
        let weights = targets.map(\.probability)
        let influence = Influence(self)
        let passing = influence.ofSources(logitWeights: weights)[..<layout.featureCount] + weights
        var edges = 0.0
        for (own, inputs) in zip(passing, influence.inputSums) where inputs > 0 { edges += Double(own) }
        let arriving = weights.reduce(0.0) { $0 + Double($1) }
        return arriving > 0 ? edges / arriving : 0
    }
}
