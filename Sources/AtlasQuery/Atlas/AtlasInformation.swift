import AtlasStore
import Circuits
import Foundation
import GRDB

/// What an atlas is about, how much it holds, and how good it is.
public struct AtlasInformation: Codable, Sendable, Equatable {
    /// The shards that it was assembled from, in whose files its packed columns are; `nil` for an atlas that holds
    /// everything itself.
    public let shardCount: Int?
    /// The language model's name.
    public let modelName: String
    /// Digest of its configuration and weights.
    public let modelFingerprint: String
    /// Whether it was made of others' files, without the model.
    public let isImported: Bool
    /// What features are: `transcoders`, or `neurons` of the model itself. Of neurons an atlas stores those that are nodes
    /// and the strongest few of each token and layer, so that whatever counts activations counts only these.
    public let basis: String
    /// How neurons become features; `nil` where features are transcoders'.
    public let neuronSettings: NeuronOptions?
    /// The transcoder set's name; of neurons that of their basis.
    public let transcoderName: String
    /// Digest of its configuration and weights.
    public let transcoderFingerprint: String
    /// `per-layer` or `cross-layer`.
    public let transcoderKind: String
    /// Layers with a transcoder.
    public let layerCount: Int
    /// Features in each.
    public let featuresPerLayer: Int
    /// Width of the residual stream.
    public let modelWidth: Int
    /// Tokens in the vocabulary.
    public let vocabularySize: Int

    /// Size of the file in bytes, without its log.
    public let fileSize: Int
    /// Stored texts.
    public let promptCount: Int
    /// Their tokens.
    public let tokenCount: Int
    /// Tokens that count for density.
    public let countedTokens: Int
    /// Stored activations.
    public let activationCount: Int
    /// Stored attribution graphs.
    public let graphCount: Int
    /// Graphs whose nodes' effects are stored.
    public let effectCount: Int
    /// Graphs of which some effects were measured too.
    public let measuredCount: Int
    /// Graphs of which it is stored through which heads their edges go.
    public let headedGraphCount: Int
    /// Their nodes.
    public let nodeCount: Int
    /// Their edges.
    public let edgeCount: Int
    /// Mean size of a stored activation in bytes; `nil` without any.
    public let bytesPerActivation: Double?
    /// Mean size of a stored edge in bytes, without the nodes; `nil` without any.
    public let bytesPerEdge: Double?
    /// Mean size of what is stored of an edge's heads in bytes, beside the edge; `nil` without any.
    public let headBytesPerEdge: Double?

    /// Features that fire in some prompt, as of the last derivation.
    public let firedFeatureCount: Int
    /// Distinct edges with positions collapsed, as of the last derivation.
    public let aggregatedEdgeCount: Int
    /// Tokens whose logit some graph explains, as of the last derivation.
    public let explainedTokenCount: Int
    /// Labels that people gave.
    public let labelCount: Int

    /// Mean replacement score of the graphs before pruning.
    public let meanReplacementScore: Double?
    /// Mean completeness score of the graphs before pruning.
    public let meanCompletenessScore: Double?
    /// The largest violation of "the sum of all inputs is the pre-activation" in any graph.
    public let largestViolation: Double?
    /// Prompts with a known answer.
    public let answeredCount: Int
    /// Share of these whose most likely next token is the answer's first.
    public let shareRight: Double?

    /// The corpora, by name.
    public let corpora: [Corpus]
    /// The runs, oldest first.
    public let runs: [Run]
    /// When the derived numbers were last rebuilt; `nil`: never.
    public let derivedAt: String?
    /// Whether facts have come in since.
    public let isStale: Bool

    /// A corpus and how many stored texts it contains.
    public struct Corpus: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Stored texts in it.
        public let promptCount: Int
    }

    /// One indexing run.
    public struct Run: Codable, Sendable, Equatable {
        /// Its id.
        public let id: Int
        /// The corpus indexed.
        public let corpus: String
        /// When it began.
        public let startedAt: String
        /// When it ended; `nil`: interrupted or still running.
        public let finishedAt: String?
        /// The program that ran.
        public let programVersion: String
        /// What was asked for, a JSON object.
        public let options: String
    }
}
