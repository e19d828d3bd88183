import AtlasStore
import Circuits
import GRDB
import Texts

/// What one node does to another, across prompts.
extension AtlasReader {
    /// The node that a text names: `2/157`, `error:3`, `token:TEXT` or `logit:TEXT`.
    ///
    /// - Throws: ``QuestionError`` for a text of another form, and for a token or layer that there is not.
    public func node(_ text: String) throws -> NodeKey {
        if let feature = FeatureID(text) {
            guard atlas.identity.contains(feature) else {
                throw QuestionError.unknownFeature(
                    feature: feature, layerCount: atlas.identity.layerCount,
                    featuresPerLayer: atlas.identity.featuresPerLayer)
            }
            return NodeKey(feature)
        }
        let parts = text.splitExactly(at: ":", maximumCount: 2)
        guard parts.count == 2 else { throw QuestionError.malformedNode(text: text) }
        let rest = parts[1]
        switch parts[0] {
        case "token": return NodeKey(token: try token(rest))
        case "logit": return NodeKey(logit: try token(rest))
        case "error":
            guard let layer = Int(rest) else { throw QuestionError.malformedNode(text: text) }
            guard 0..<atlas.identity.layerCount ~= layer else {
                throw QuestionError.unknownLayer(layer: layer, layerCount: atlas.identity.layerCount)
            }
            return NodeKey(errorOfLayer: layer)
        default: throw QuestionError.malformedNode(text: text)
        }
    }

    /// What one node does to another across prompts: stored edges, weights where both are features, and examples.
    ///
    /// - Parameters:
    ///   - source: a feature, error or token
    ///   - target: a feature or logit
    ///   - filter: the prompts whose graphs and tokens count
    ///   - weights: of the atlas's model; without them only stored edges are told
    ///   - exampleLimit: how many examples are told
    ///   - jobs: threads that read weights
    /// - Throws: ``QuestionError`` for nodes that nothing can lead between
    public func edge(
        from source: NodeKey, to target: NodeKey, where filter: PromptFilter = .all,
        weights: (any FeatureWeights)? = nil, exampleLimit: Int = 5, jobs: Int = 1
    ) throws -> EdgeReport {
        if let weights { try weights.requireModel(of: atlas) }
        return try ask("asking about an edge") { db in
            try requireDerivation(db)
            try requirePossible(source, target)
            for feature in [source, target].compactMap(\.feature) { try requireFired(feature, db) }
            if target.kind == .logit { try requireExplained(target.token!, db) }
            let vocabulary = atlas.identity.vocabulary
            let told = NodeName(target, vocabulary: vocabulary)
            let targetLabel = try target.feature.flatMap { try shownLabel(of: $0, db).label }
            var edge: Neighbour
            let group: [Int]?
            let graphCount: Int
            if filter.conditions.isEmpty {
                group = nil
                graphCount = try StoredRow.fetchExisting(
                    db, "derivation", sql: "SELECT graph_count FROM derivation")[0]
                edge = try storedEdge(from: source, to: target, told: told, label: targetLabel, db)
            } else {
                let prompts = try self.prompts(where: filter, needGraphs: true, db)
                graphCount = prompts.count
                let holding = try self.prompts(prompts, thatCanHold: source, db)
                let both = try self.prompts(holding, thatCanHold: target, db)
                group = both
                let totals = try edgeTotals(of: target, .upstream, prompts: both, db)
                edge = (totals[source] ?? EdgeSum()).neighbour(told, label: targetLabel)
            }
            let global: GlobalWeights? =
                if let weights, let feature = target.feature, source.kind == .feature {
                    try globalWeights(of: feature, .upstream, weights, where: filter, jobs: jobs, db)
                } else { nil }
            edge.weights = source.feature.flatMap { global?.weight(with: $0) }
            let examples = try EdgeExamples(
                from: source, to: target, support: edge.support, among: group, reader: self, db)
            return EdgeReport(
                source: NodeName(source, vocabulary: vocabulary),
                sourceLabel: try source.feature.flatMap { try shownLabel(of: $0, db).label },
                filter: filter.conditions.isEmpty ? nil : "\(filter)", graphCount: graphCount, target: edge,
                scale: global?.scale, examples: Array(examples.found.prefix(exampleLimit)),
                examinedGraphs: examples.examinedGraphs, examplesAreStrongest: examples.found.count == edge.support)
        }
    }

    /// Throws for nodes that no graph can have an edge between.
    private func requirePossible(_ source: NodeKey, _ target: NodeKey) throws(QuestionError) {
        func refuse(_ reason: String) -> QuestionError {
            .impossibleEdge(source: text(of: source), target: text(of: target), reason: reason)
        }
        guard source.kind != .logit else { throw refuse("a logit affects nothing") }
        guard target.kind == .feature || target.kind == .logit else {
            throw refuse("only features and logits are affected")
        }
        guard let from = source.layer, let to = target.layer, from >= to else { return }
        throw refuse("layer \(to) reads before layer \(from) writes" + (from > to ? "; ask the other way round" : ""))
    }

    /// A node as it is asked for.
    private func text(of node: NodeKey) -> String {
        switch node.kind {
        case .feature: "\(node.feature!)"
        case .error: "error:\(node.layer!)"
        case .token: "token:\(text(of: node.token!))"
        case .logit: "logit:\(text(of: node.token!))"
        }
    }
}
