import AtlasQuery
import Attribution
import Circuits
import LanguageModels
import Tensors

/// A typed text run through the replacement model.
public struct RunReport: Encodable, Sendable, Equatable {
    /// The text.
    public let text: String
    /// The most likely next tokens.
    public let nextTokens: [NextToken]
    /// Features active in it, over all positions.
    public let activeFeatureCount: Int
    /// Its graph, at the field's viewing thresholds; `jobs/ID/graph` gives it at others.
    public let graph: GraphReport
    /// What the graph is shown from.
    public let whole: SparseGraph

    /// A next token.
    public struct NextToken: Codable, Sendable, Equatable {
        /// The token's id.
        public let token: Int
        /// Its text.
        public let text: String
        /// The model's probability for it.
        public let probability: Double
    }

    private enum CodingKeys: CodingKey { case text, nextTokens, activeFeatureCount, graph }
}

/// Runs a text that need not be stored, and tells it in the names that the atlas has.
extension AtlasReader {
    private static let shownTokens = 10
    /// As graphs are stored when a corpus is indexed.
    private static let storedThresholds = (node: 0.95, edge: 0.99)

    /// What the model says after a text, which features fire in it, and its attribution graph.
    ///
    /// - Parameters:
    ///   - tokens: the text's, the beginning-of-sequence token first; the tokenizer's unless given
    ///   - attributor: the atlas's replacement model
    ///   - group: where neurons are measured from groups of prompts, the one that the text is like; that of
    ///     the stored text unless given, none for a new one
    ///   - targets: what the graph explains; the most likely next tokens unless given
    ///   - maximumFeatureNodes: features attributed, the most influential ones; all unless given
    ///   - jobs: threads
    ///   - progress: called with targets attributed and to attribute, from the calling thread
    /// - Throws: what `Attributor.attribute` throws for a text that does not fit the model; `AtlasError` for another
    ///   replacement model than the atlas's.
    public func run(
        _ text: String, tokens: [Int]? = nil, attributor: Attributor, group: String? = nil,
        targets: [AttributionTarget] = [], maximumFeatureNodes: Int? = nil, jobs: Int = 1,
        progress: ((Int, Int) -> Void)? = nil
    ) throws -> RunReport {
        let tokens = tokens ?? attributor.model.tokenizer.encodePrompt(text)
        let own = try self.attributor(for: text, group: group, tokenCount: tokens.count, attributor)
        let result = try own.attribute(
            tokens,
            options: AttributionOptions(targets: targets, maximumFeatureNodes: maximumFeatureNodes), jobs: jobs,
            progress: progress)
        let probabilities = softmax(result.logits)
        var whole = SparseGraph(
            result.graph, nodeThreshold: Self.storedThresholds.node, edgeThreshold: Self.storedThresholds.edge)
        whole.effects = try own.effects(ofNodesIn: whole, of: result, answer: nil)
        return RunReport(
            text: text,
            nextTokens: largest(Self.shownTokens, of: probabilities).map { token in
                RunReport.NextToken(
                    token: token, text: self.text(of: token), probability: Double(probabilities[token]))
            },
            activeFeatureCount: result.local.activeFeatures.count, graph: try graphReport(of: whole, text: text),
            whole: whole)
    }
}
