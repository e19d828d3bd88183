extension AttributionGraph {
    /// What each source adds to some readouts over all paths of the whole graph: signed, to first order, with the
    /// activations that there were.
    ///
    ///     T[s] = direct[s] + Σ over features f of A[f, s] · T[f] / contribution[f]
    ///
    /// A source that adds `w` to a feature's pre-activation changes its contribution by `w`, and so whatever the feature
    /// adds to anything by the share `w` / contribution. The graph is acyclic and its features are in topological order,
    /// so one pass from the last layer down is the exact solution.
    ///
    /// - Parameters:
    ///   - direct: `[readouts][layout.sourceCount]`, direct effects on each readout; targets have theirs in their rows
    ///   - contributions: `[activeFeatures.count]`, what each feature's column is proportional to: its activation, a
    ///     neuron's less its baseline
    /// - Returns: `[readouts][layout.sourceCount]`
    /// - Complexity: O(features × sources × readouts)
    /// - SeeAlso: ``SparseGraph/totalEffects(onTarget:)``, over the edges that were stored.
    public func totalEffects(of direct: [[Float]], contributions: [Float]) -> [[Float]] {
        let layout = layout
        precondition(contributions.count == activeFeatures.count)
        precondition(direct.allSatisfy { $0.count == layout.sourceCount })
        var totals = direct.map { $0.map(Double.init) }
        // Sources of a feature: features of layers below, errors of layers below, tokens.
        var firstOfLayer = [Int](repeating: layout.featureCount, count: layerCount + 1)
        for node in (0..<layout.featureCount).reversed() { firstOfLayer[feature(node).layer] = node }
        for layer in (0..<layerCount).reversed() {
            firstOfLayer[layer] = min(firstOfLayer[layer], firstOfLayer[layer + 1])
        }
        weights.withUnsafeBufferPointer { weights in
            for node in (0..<layout.featureCount).reversed() {
                let contribution = contributions[selectedFeatures[node]]
                guard contribution != 0 else { continue }
                let layer = feature(node).layer
                let row = UnsafeBufferPointer(
                    rebasing: weights[node * layout.sourceCount..<(node + 1) * layout.sourceCount])
                let reached = [
                    0..<firstOfLayer[layer], layout.featureCount..<layout.error(layer: layer, position: 0),
                    layout.tokens,
                ]
                for readout in totals.indices {
                    let gain = totals[readout][node] / Double(contribution)
                    guard gain != 0 else { continue }
                    totals[readout].withUnsafeMutableBufferPointer { totals in
                        for range in reached { for source in range { totals[source] += gain * Double(row[source]) } }
                    }
                }
            }
        }
        return totals.map { $0.map { Float($0) } }
    }
}
