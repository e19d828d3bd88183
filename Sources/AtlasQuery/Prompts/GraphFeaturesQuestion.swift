import AtlasStore
import Circuits
import GRDB

/// How generic or specific the features of a graph are.
extension AtlasReader {
    /// Prompts with the same answer that are read at most.
    static let answerPrompts = 200
    static let promptsOfAnswer = "SELECT id FROM prompts WHERE predicted_token = ? ORDER BY content_hash"
    static let activityOfFeature = """
        SELECT active_tokens, active_prompts FROM feature_statistics WHERE layer = ? AND feature_index = ?
        """
    static let extentOfStatistics = "SELECT prompt_count, counted_tokens FROM derivation"

    /// What the atlas knows of the features that a stored prompt's graph shows.
    public func graphFeatures(ofPrompt id: Int, view: GraphView = GraphView()) throws -> GraphFeaturesReport {
        try graphFeatures(of: storedGraph(ofPrompt: id).graph, prompt: id, view: view) { try operandLabels(of: $0) }
    }

    /// What the atlas knows of the features that any graph of its replacement model shows.
    ///
    /// - Parameters:
    ///   - prompt: its id, where it is stored
    ///   - operandLabels: gives ``operandLabels(of:tags:)``, or keeps what it gave before
    public func graphFeatures(
        of graph: SparseGraph, prompt: Int? = nil, view: GraphView = GraphView(),
        operandLabels: ([FeatureID]) throws -> OperandLabels
    ) throws -> GraphFeaturesReport {
        let part = ShownPart(of: graph, view)
        var shown = Set<FeatureID>()
        for node in part.nodes {
            if case .feature(let layer, _, let index) = part.pruned.nodes[node].id {
                shown.insert(FeatureID(layer: layer, index: index))
            }
        }
        let features = shown.sorted()
        let labels = try operandLabels(features)
        return try ask("asking how specific features are") { db in
            try requireDerivation(db)
            let extent = try StoredRow.fetchExisting(
                db, "derivation", sql: Self.extentOfStatistics, arguments: [])
            let promptCount: Int = try extent["prompt_count"]
            let countedTokens: Int = try extent["counted_tokens"]
            let answer = try answerActivity(of: graph, db)
            let rows = try zip(features, labels.features).map { feature, label in
                let activity = try StoredRow.fetchOne(
                    db.cachedStatement(sql: Self.activityOfFeature), arguments: [feature.layer, feature.index])
                let tokens: Int = try activity?["active_tokens"] ?? 0
                let prompts: Int = try activity?["active_prompts"] ?? 0
                let promptShare = promptCount > 0 ? Double(prompts) / Double(promptCount) : 0
                let answerShare = answer.flatMap { answer in
                    answer.summary.readPrompts > 0
                        ? Double(answer.promptsOfFeature[feature] ?? 0) / Double(answer.summary.readPrompts) : nil
                }
                return GraphFeaturesReport.Feature(
                    feature: feature, density: countedTokens > 0 ? Double(tokens) / Double(countedTokens) : 0,
                    promptShare: promptShare, answerShare: answerShare,
                    specificity: answerShare.flatMap { promptShare > 0 ? $0 / promptShare : nil },
                    operandLabel: label.label, operandExplained: label.explained)
            }
            return GraphFeaturesReport(
                prompt: prompt, answer: answer?.summary, promptCount: promptCount, countedTokens: countedTokens,
                rowTag: labels.rowTag, columnTag: labels.columnTag, features: rows)
        }
    }

    /// In how many of the prompts with a graph's answer each feature fires; of many prompts, some drawn evenly.
    private func answerActivity(
        of graph: SparseGraph, _ db: Database
    ) throws -> (summary: GraphFeaturesReport.Answer, promptsOfFeature: [FeatureID: Int])? {
        guard let target = graph.targets.max(by: { $0.probability < $1.probability }),
            case .token(let token) = target.target
        else { return nil }
        let prompts = try Int.fetchAll(db, sql: Self.promptsOfAnswer, arguments: [token])
        // Their order is that of hashes of texts: the first of them are as good as drawn.
        let read = prompts.prefix(Self.answerPrompts)
        var counts: [FeatureID: Int] = [:]
        for prompt in read {
            let active = Set(try storedActivations(of: prompt, db).map(\.feature))
            for feature in active { counts[feature, default: 0] += 1 }
        }
        return (
            .init(token: token, text: text(of: token), promptCount: prompts.count, readPrompts: read.count), counts
        )
    }
}
