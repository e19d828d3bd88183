import Attribution
import Foundation
import Tokenizers

/// What to index of each prompt, and how.
public struct IndexingOptions: Sendable, Codable, Equatable {
    /// What to attribute.
    public var attribution: AttributionOptions
    /// The share of influence that stored nodes cover: wider than for viewing, so that graphs can be pruned anew.
    public var nodeThreshold: Double
    /// The share of edge scores that stored edges cover.
    public var edgeThreshold: Double
    /// Stores what fires and no graphs.
    public var activationsOnly: Bool
    /// What becomes of a text that is longer than the model's context; `nil`: it is refused as a malformed record is.
    public var truncation: PromptTruncation?
    /// Of neurons: how many of each token and layer are stored beside a graph's nodes, those that write most.
    public var strongestNeurons: Int
    /// Stores what nodes do to the targets, the answer and the gap to its rival beside each new graph.
    public var effects: Bool
    /// Adds effects to the graphs that were stored without them, too.
    public var completesEffects: Bool
    /// Of each prompt so many features with the largest effects on the gap are silenced, and what that does is stored.
    public var measuredNodes: Int
    /// Stores beside each new graph through which attention heads its edges go, and adds that to the graphs that were stored
    /// without.
    public var heads: Bool
    /// Prompts computed at once.
    public var jobs: Int

    /// The share of influence, and of edge scores, that is stored of neurons' graphs: they are dense, and 0.95 and 0.99 of
    /// 300 neurons are four times as many edges.
    public static let neuronThreshold = 0.9

    /// Graphs of all active features, stored at 0.95 and 0.99, on all cores.
    public init(
        attribution: AttributionOptions = AttributionOptions(), nodeThreshold: Double = 0.95,
        edgeThreshold: Double = 0.99, activationsOnly: Bool = false,
        truncation: PromptTruncation? = nil, strongestNeurons: Int = 4,
        effects: Bool = true, completesEffects: Bool = false, measuredNodes: Int = 0, heads: Bool = false,
        jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
        self.attribution = attribution
        self.nodeThreshold = nodeThreshold
        self.edgeThreshold = edgeThreshold
        self.activationsOnly = activationsOnly
        self.truncation = truncation
        self.strongestNeurons = strongestNeurons
        self.effects = effects
        self.completesEffects = completesEffects
        self.measuredNodes = measuredNodes
        self.heads = heads
        self.jobs = jobs
    }

    /// What is usual for these features: neurons' graphs are stored at ``neuronThreshold``.
    public init(usualFor basis: FeatureBasis) {
        self.init()
        guard basis.neurons != nil else { return }
        (nodeThreshold, edgeThreshold) = (Self.neuronThreshold, Self.neuronThreshold)
    }

    private enum CodingKeys: String, CodingKey {
        case attribution, nodeThreshold, edgeThreshold, activationsOnly, truncation, strongestNeurons, effects
        case measuredNodes, heads, jobs
    }

    /// Reads what a run recorded; earlier programs computed no effects.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            attribution: try container.decode(AttributionOptions.self, forKey: .attribution),
            nodeThreshold: try container.decode(Double.self, forKey: .nodeThreshold),
            edgeThreshold: try container.decode(Double.self, forKey: .edgeThreshold),
            activationsOnly: try container.decode(Bool.self, forKey: .activationsOnly),
            truncation: try container.decodeIfPresent(PromptTruncation.self, forKey: .truncation),
            strongestNeurons: try container.decodeIfPresent(Int.self, forKey: .strongestNeurons) ?? 0,
            effects: try container.decodeIfPresent(Bool.self, forKey: .effects) ?? false,
            measuredNodes: try container.decodeIfPresent(Int.self, forKey: .measuredNodes) ?? 0,
            heads: try container.decodeIfPresent(Bool.self, forKey: .heads) ?? false,
            jobs: try container.decode(Int.self, forKey: .jobs))
    }

    /// As it is recorded with a run: sorted JSON without the number of jobs, which changes nothing in the result.
    ///
    /// - Parameter tokenizer: what it puts in front of prompts is recorded too
    func recorded(with tokenizer: Tokenizer) -> String {
        var copy = self
        copy.jobs = 0
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let start = tokenizer.promptStart.map { PromptStartRecord($0, of: tokenizer) }
        guard let data = try? encoder.encode(RecordedOptions(options: copy, promptStart: start)) else {
            preconditionFailure("options were not checked: they hold numbers that are not finite")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The options of a run, and beside them what its prompts begin with.
private struct RecordedOptions: Encodable {
    let options: IndexingOptions
    let promptStart: PromptStartRecord?

    private enum CodingKeys: String, CodingKey { case promptStart }

    func encode(to encoder: any Encoder) throws {
        try options.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(promptStart, forKey: .promptStart)
    }
}
