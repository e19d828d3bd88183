import LanguageModels

/// What may be kept in memory of one prompt, and how much it may take in all.
public struct AttributionMemory: Sendable, Equatable {
    /// Bytes that a prompt may take beside the mapped files of the model and its transcoders; `nil`: as many as it needs.
    public var limit: Int?
    /// Bytes of attention patterns; beyond, they are made anew for each piece of the targets.
    public var keptPatterns = AttentionPatterns.usualLimit
    /// Bytes of decoder rows; beyond, they are copied anew for each piece of the targets.
    public var keptDecoders = ScaledDecoders.usualLimit
    /// What a limit has to leave room for beside the graph.
    public var following = Following()

    /// What is computed of a prompt once it has its graph, while that is held.
    public struct Following: Sendable, Equatable {
        /// Whether effects of nodes are.
        public var effects: Bool
        /// How many features are silenced, one at a time.
        public var measuredNodes: Int
        /// Whether heads of edges are.
        public var heads: Bool

        /// Nothing, unless it is named.
        public init(effects: Bool = false, measuredNodes: Int = 0, heads: Bool = false) {
            self.effects = effects
            self.measuredNodes = measuredNodes
            self.heads = heads
        }
    }

    /// What is usual, without a limit.
    public init() {}

    /// Ways of keeping less, the usual one first.
    fileprivate var ways: [AttributionMemory] {
        var (fewer, none) = (self, self)
        fewer.keptDecoders = 0
        (none.keptDecoders, none.keptPatterns) = (0, 0)
        return [self, fewer, none]
    }
}

/// A prompt that would take more memory than it may.
public struct MemoryError: Error, CustomStringConvertible, Sendable {
    /// Tokens of the prompt.
    public let tokens: Int
    /// Bytes that it needs.
    public let needed: Int
    /// Bytes that it may take.
    public let limit: Int
    /// The longest prompt that would fit, of as many features a token; 0: none.
    public let fittingTokens: Int
    /// The most features that could become nodes of this prompt; 0: none, `nil` where features are not what is too much.
    public let fittingNodes: Int?

    /// What was expected.
    public var expected: String { "at most \(Self.size(limit)) of memory a prompt beside the weights" }

    /// What was found.
    public var found: String { "\(tokens) tokens, which need \(Self.size(needed))" }

    /// What would fit.
    public var advice: String {
        var fits: [String] = []
        if fittingTokens > 1 { fits.append("\(fittingTokens) tokens") }
        if let fittingNodes, fittingNodes > 0 { fits.append("\(fittingNodes) features that become nodes") }
        return fits.isEmpty ? "nothing shorter would fit" : fits.joined(separator: " or ") + " would fit"
    }

    /// One line.
    public var description: String {
        "prompt: expected \(expected), found \(found); \(advice)"
    }

    /// A size in the unit that suits it, rounded up.
    private static func size(_ bytes: Int) -> String {
        for (unit, name) in [(1_000_000_000, "GB"), (1_000_000, "MB")] where bytes >= unit {
            let tenths = (bytes + unit / 10 - 1) / (unit / 10)
            return tenths >= 1000 || tenths % 10 == 0
                ? "\((tenths + 9) / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
        }
        return "\((bytes + 999) / 1000) kB"
    }
}

extension Attributor {
    /// The way of keeping that fits a prompt's limit, before anything is computed.
    ///
    /// - Parameters:
    ///   - tokenCount: tokens of the prompt
    ///   - featureCount: features that fire where it is known; else as many as are known to
    ///   - options: what is attributed; `nil`: nothing is
    ///   - jobs: threads
    /// - Throws: `MemoryError` where no way fits
    public func memory(
        forTokens tokenCount: Int, featureCount: Int? = nil, options: AttributionOptions?, jobs: Int
    ) throws(MemoryError) -> AttributionMemory {
        guard let limit = memory.limit else { return memory }
        let fired = featureCount ?? knownFeatures(tokenCount)
        func need(_ tokens: Int, _ features: Int, _ nodes: Int?, _ memory: AttributionMemory) -> Int {
            var own = options
            if let nodes { own?.maximumFeatureNodes = nodes }
            return MemoryNeed(
                attributor: self, tokenCount: tokens, featureCount: features, options: own, jobs: jobs, memory: memory
            ).bytes
        }
        // Once features are counted the patterns have been kept, or have not.
        let ways = memory.ways.filter { featureCount == nil || $0.keptPatterns == memory.keptPatterns }
        if let fitting = ways.first(where: { need(tokenCount, fired, nil, $0) <= limit }) { return fitting }
        func fits(_ tokens: Int, _ nodes: Int?) -> Bool {
            let features = Int(Double(fired) * Double(tokens) / Double(tokenCount))
            return ways.contains { need(tokens, features, nodes, $0) <= limit }
        }
        let nodes = min(options?.maximumFeatureNodes ?? fired, fired)
        throw MemoryError(
            tokens: tokenCount, needed: ways.map { need(tokenCount, fired, nil, $0) }.min() ?? 0, limit: limit,
            fittingTokens: Self.largest(below: tokenCount) { fits($0, nil) },
            fittingNodes: options == nil || nodes == 0 ? nil : Self.largest(below: nodes) { fits(tokenCount, $0) })
    }

    /// Features that surely fire in a prompt: those of TopK, and the neurons that are chosen.
    private func knownFeatures(_ tokenCount: Int) -> Int {
        switch basis.kind {
        case .neurons(let neurons):
            let all = basis.layers.reduce(0) { $0 + $1.featureCount } * tokenCount
            return min(neurons.options.maximumNeurons ?? all, all)
        case .transcoders(let transcoders):
            return transcoders.layers.reduce(0) { sum, transcoder in
                guard case .topK(let count) = transcoder.activation else { return sum }
                return sum + count * max(0, tokenCount - 1)
            }
        }
    }

    /// The largest number below `end` that fits, 0 where none does, given that what is smaller fits too.
    private static func largest(below end: Int, _ fits: (Int) -> Bool) -> Int {
        var (low, high) = (0, end)
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
