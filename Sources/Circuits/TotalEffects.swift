extension SparseGraph {
    /// What each node adds to one target over all paths, to first order: signed, with the activations that there were.
    ///
    /// A node that adds `w` to a feature's pre-activation changes its activation by `w`, and so whatever the feature adds
    /// to anything by the share `w` / activation. With all activations kept above their thresholds, the effect of taking
    /// a feature away is the negative of its total.
    ///
    /// - Parameter ordinal: the target
    /// - Returns: for each node its total effect; 1 path deep it is the direct edge
    public func totalEffects(onTarget ordinal: Int) -> [Double] {
        var totals = [Double](repeating: 0, count: nodes.count)
        var gains = [Double](repeating: 0, count: nodes.count)
        // Edges are by target, and every edge points up the order (logits, which are last, come first here): when a
        // target's turn comes, all that it adds is known.
        for edge in edges.reversed() {
            switch nodes[edge.target].id {
            case .logit(ordinal): gains[edge.target] = 1
            case .feature:
                let activation = Double(nodes[edge.target].activation)
                gains[edge.target] = activation != 0 ? totals[edge.target] / activation : 0
            default: continue
            }
            totals[edge.source] += Double(edge.weight) * gains[edge.target]
        }
        return totals
    }
}
