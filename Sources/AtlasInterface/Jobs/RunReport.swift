import AtlasQuery
import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors

/// A typed text run through the replacement model.
public struct RunReport: Encodable, Sendable {
    /// The text.
    public let text: String
    /// The most likely next tokens.
    public let nextTokens: [NextToken]
    /// Features active in it, over all positions.
    public let activeFeatureCount: Int
    /// Its graph, at the field's viewing thresholds; `jobs/ID/graph` gives it at others.
    public let graph: GraphReport
    /// What the graph is shown from.
    let whole: SparseGraph

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

    private static let shownTokens = 10
    /// As graphs are stored when a corpus is indexed.
    private static let storedThresholds = (node: 0.95, edge: 0.99)

    init(
        _ text: String, tokens: [Int], attributor: Attributor, reader: AtlasReader, limits: ModelJobs.Limits,
        progress: @escaping (Int, Int) -> Void
    ) throws {
        let result = try attributor.attribute(
            tokens, options: AttributionOptions(maximumFeatureNodes: limits.features),
            jobs: ProcessInfo.processInfo.activeProcessorCount, progress: progress)
        var probabilities = result.logits
        probabilities.withUnsafeMutableBufferPointer { softmax($0) }
        self.text = text
        nextTokens = largest(Self.shownTokens, of: probabilities).map { token in
            NextToken(
                token: token, text: reader.atlas.identity.vocabulary[token],
                probability: Double(probabilities[token]))
        }
        activeFeatureCount = result.local.activeFeatures.count
        whole = SparseGraph(
            result.graph, nodeThreshold: Self.storedThresholds.node, edgeThreshold: Self.storedThresholds.edge)
        graph = try reader.graphReport(of: whole, text: text)
    }
}
