import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import LanguageModels

/// Where one head looks from each position of a prompt.
public struct PatternReport: Codable, Sendable, Equatable {
    /// What one position looks at.
    public struct Query: Codable, Sendable, Equatable {
        /// The positions that it looks at with ``PatternReport/least`` of its attention or more, in order.
        public let keys: [Int]
        /// `[keys]`: the shares of its attention, in 0…1.
        public let weights: [Float]
    }

    /// The prompt's id.
    public let prompt: Int
    /// The head's layer.
    public let layer: Int
    /// The head.
    public let head: Int
    /// The prompt's tokens as texts.
    public let tokens: [String]
    /// Smaller shares are left out.
    public let least: Double
    /// `[tokens]`: where each position looks.
    public let queries: [Query]
}

extension AtlasReader {
    /// The smallest share of a position's attention that a ``PatternReport`` tells unless it is asked for another.
    public static let leastAttention = 0.01

    /// Where a head looks in a stored prompt; the prompt is run again.
    ///
    /// - Parameters:
    ///   - id: the prompt
    ///   - attributor: of the atlas's replacement model
    ///   - least: smaller shares of a position's attention are left out
    /// - Throws: ``QuestionError`` for a prompt or a head that is not there
    /// - Complexity: one run of the model
    public func pattern(
        ofPrompt id: Int, layer: Int, head: Int, attributor: Attributor, least: Double = leastAttention
    ) throws -> PatternReport {
        try requireModel(attributor)
        let configuration = attributor.model.configuration
        try HeadID(layer: layer, head: head).require(
            layerCount: configuration.layerCount, headCount: configuration.headCount)
        let tokens = try textAndTokens(ofPrompt: id).tokens
        let attention = try attributor.model.run(tokens).layers[layer].attention
        return PatternReport(
            prompt: id, layer: layer, head: head, tokens: tokens.map(text), least: least,
            queries: tokens.indices.map { query in
                let weights = attention.weights(head: head, query: query)
                let keys = (0...query).filter { Double(weights[$0]) >= least }
                return PatternReport.Query(keys: keys, weights: keys.map { weights[$0] })
            })
    }
}
