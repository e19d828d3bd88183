/// The direct linear effects between the nodes of one prompt, dense and unpruned.
public struct AttributionGraph: Sendable {
    /// The prompt's token ids.
    public var tokens: [Int]
    /// The model's layers.
    public var layerCount: Int
    /// Every feature that was active, or neuron that was chosen, in lexicographic order.
    public var activeFeatures: [ActiveFeature]
    /// The attributed features: indices into `activeFeatures`, ascending.
    public var selectedFeatures: [Int]
    /// What is explained: logits of tokens, most likely first, or what was asked for.
    public var targets: [LogitTarget]
    /// `[layout.targetCount, layout.sourceCount]`, rows are targets: the source's contribution to the target's
    /// pre-activation (features) or to its logit less the mean logit (logits).
    public var weights: [Float]
    /// `[layout.targetCount]`: the bias node's contribution.
    public var biasWeights: [Float]
    /// `[layout.targetCount]`: what active features that were not selected contribute.
    public var unselectedWeights: [Float]
    /// `[layout.targetCount]`: pre-activations of features, logits less their mean, custom targets' values.
    public var preActivations: [Float]

    /// Holds a graph; the arrays have the shapes their properties state.
    public init(
        tokens: [Int], layerCount: Int, activeFeatures: [ActiveFeature], selectedFeatures: [Int],
        targets: [LogitTarget], weights: [Float], biasWeights: [Float], unselectedWeights: [Float],
        preActivations: [Float]
    ) {
        self.tokens = tokens
        self.layerCount = layerCount
        self.activeFeatures = activeFeatures
        self.selectedFeatures = selectedFeatures
        self.targets = targets
        self.weights = weights
        self.biasWeights = biasWeights
        self.unselectedWeights = unselectedWeights
        self.preActivations = preActivations
        precondition(weights.count == layout.targetCount * layout.sourceCount)
        precondition(biasWeights.count == layout.targetCount && preActivations.count == layout.targetCount)
        precondition(unselectedWeights.count == layout.targetCount)
    }

    /// The order of nodes.
    public var layout: NodeLayout {
        NodeLayout(
            featureCount: selectedFeatures.count, layerCount: layerCount, positionCount: tokens.count,
            logitCount: targets.count)
    }

    /// The direct effect of a source on a target.
    public subscript(target target: Int, source source: Int) -> Float {
        weights[target * layout.sourceCount + source]
    }

    /// The active feature behind a feature node.
    public func feature(_ node: Int) -> ActiveFeature { activeFeatures[selectedFeatures[node]] }

    /// Which node stands at an index of the layout.
    public func id(ofNode node: Int) -> NodeID {
        let layout = layout
        if node < layout.featureCount {
            let feature = feature(node)
            return .feature(layer: feature.layer, position: feature.position, index: feature.index)
        }
        if layout.errors.contains(node) {
            let offset = node - layout.featureCount
            return .error(layer: offset / layout.positionCount, position: offset % layout.positionCount)
        }
        if layout.tokens.contains(node) { return .token(position: node - layout.tokens.lowerBound) }
        return .logit(ordinal: node - layout.logits.lowerBound)
    }

    /// |sum of all inputs with the bias − pre-activation| / max(1, |pre-activation|) for each target.
    ///
    /// The sum is an identity, so anything above float rounding means that a graph is wrong.
    public func violations() -> [Float] {
        let sourceCount = layout.sourceCount
        return (0..<layout.targetCount).map { target in
            var sum = Double(biasWeights[target]) + Double(unselectedWeights[target])
            for weight in weights[target * sourceCount..<(target + 1) * sourceCount] { sum += Double(weight) }
            let expected = Double(preActivations[target])
            return Float(abs(sum - expected) / max(1, abs(expected)))
        }
    }
}
