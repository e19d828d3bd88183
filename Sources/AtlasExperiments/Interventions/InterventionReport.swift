import AtlasQuery
import Attribution
import Circuits
import LanguageModels
import Tensors
import Transcoders

/// A text run as it is and with features set: what the model says then and there.
public struct InterventionReport: Codable, Sendable, Equatable {
    /// The text.
    public let text: String
    /// Its tokens.
    public let tokens: [PromptReport.Token]
    /// What was set, as it is written on the command line.
    public let settings: [String]
    /// The most likely next tokens after, then those before.
    public let nextTokens: [Candidate]
    /// The features that changed most, the ones that were set left out.
    public let changed: [Change]
    /// What follows the text; only where that was asked for.
    public let generated: Continuations?

    /// A next token.
    public struct Candidate: Codable, Sendable, Equatable {
        /// The token's id.
        public let token: Int
        /// Its text.
        public let text: String
        /// Its probability as it was.
        public let before: Double
        /// Its probability as it became.
        public let after: Double
    }

    /// What a feature was and became at one position.
    public struct Change: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label; `nil` where no atlas tells one.
        public let label: String?
        /// Where.
        public let position: Int
        /// The activation as it was.
        public let before: Double
        /// The activation as it became.
        public let after: Double
    }

    /// What follows the text, without and with the interventions.
    public struct Continuations: Codable, Sendable, Equatable {
        /// The text that follows as it was.
        public let before: String
        /// The text that follows as it became.
        public let after: String
        /// The tokens that follow as it was.
        public let tokensBefore: [Int]
        /// The tokens that follow as it became.
        public let tokensAfter: [Int]
    }

    /// How a text is continued.
    public struct Continuation: Sendable {
        /// Tokens.
        public let count: Int
        /// How each is chosen.
        public let sampling: Sampling

        /// So many tokens, chosen in one way.
        public init(count: Int, sampling: Sampling) {
            self.count = count
            self.sampling = sampling
        }
    }

    private static let shownTokens = 8

    /// Runs a text twice.
    ///
    /// - Parameters:
    ///   - tokens: the text's, the beginning-of-sequence token first
    ///   - mode: what is computed anew
    ///   - changeLimit: features that changed, at most
    ///   - label: how a feature is called
    ///   - progress: called with runs done and to do, continuations not counted
    /// - Throws: what `Attributor.intervene` throws
    public init(
        _ text: String, tokens: [Int], interventions: [Intervention], mode: InterventionMode, attributor: Attributor,
        continuation: Continuation? = nil, changeLimit: Int = 30, label: (FeatureID) throws -> String? = { _ in nil },
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        let tokenizer = attributor.model.tokenizer
        progress(0, 2)
        let before = try attributor.intervene(tokens, [], mode: mode)
        progress(1, 2)
        let after = try attributor.intervene(tokens, interventions, mode: mode)
        progress(2, 2)
        self.text = text
        self.tokens = tokens.map { .init(token: $0, text: tokenizer.text(of: $0)) }
        settings = interventions.map(\.description)
        let old = attributor.nextTokenProbabilities(before)
        let new = attributor.nextTokenProbabilities(after)
        var candidates = largest(Self.shownTokens, of: new)
        candidates += largest(Self.shownTokens, of: old).filter { !candidates.contains($0) }
        nextTokens = candidates.map {
            Candidate(token: $0, text: tokenizer.text(of: $0), before: Double(old[$0]), after: Double(new[$0]))
        }
        let changes = Self.changes(from: before, to: after, attributor: attributor, tokens: tokens).filter { change in
            !interventions.contains {
                $0.feature == change.feature.feature && $0.positions.contains(change.feature.position)
            }
        }
        changed = try changes.prefix(changeLimit).map { change in
            Change(
                feature: change.feature.feature, label: try label(change.feature.feature),
                position: change.feature.position, before: Double(change.before), after: Double(change.after))
        }
        generated = try continuation.map { continuation in
            let plain = try attributor.model.generate(
                tokens, count: continuation.count, sampling: continuation.sampling)
            let steered = try attributor.generate(
                tokens, interventions: interventions, mode: mode, count: continuation.count,
                sampling: continuation.sampling)
            return Continuations(
                before: tokenizer.decode(plain), after: tokenizer.decode(steered), tokensBefore: plain,
                tokensAfter: steered)
        }
    }

    private struct ActivationChange {
        let feature: ActiveFeature
        var before: Float
        var after: Float

        var size: Float { abs(after - before) }
    }

    /// Every feature whose activation changed, the largest changes first.
    private static func changes(
        from before: InterventionResult, to after: InterventionResult, attributor: Attributor, tokens: [Int]
    ) -> [ActivationChange] {
        let first = attributor.model.firstCountedPosition(in: tokens)
        var changes: [ActivationChange] = []
        for (layer, (x, y)) in zip(attributor.basis.layers, zip(before.preActivations, after.preActivations)) {
            func place(_ feature: ActiveFeature) -> Int { feature.position * layer.featureCount + feature.index }
            var found: [Int: ActivationChange] = [:]
            for feature in layer.activeFeatures(x, firstPosition: first) {
                found[place(feature)] = ActivationChange(feature: feature, before: feature.activation, after: 0)
            }
            for feature in layer.activeFeatures(y, firstPosition: first) {
                found[place(feature), default: ActivationChange(feature: feature, before: 0, after: 0)].after =
                    feature.activation
            }
            changes += found.values.filter { $0.before != $0.after }
        }
        return changes.sorted {
            ($1.size, $0.feature.position, $0.feature.feature) < ($0.size, $1.feature.position, $1.feature.feature)
        }
    }
}

/// Interventions in the names that the atlas has.
extension AtlasReader {
    /// A text run as it is and with features set; neurons are measured as those of the text are in the atlas.
    ///
    /// - Parameters: as `InterventionReport.init`
    public func intervene(
        _ text: String, tokens: [Int], interventions: [Intervention], mode: InterventionMode, attributor: Attributor,
        continuation: InterventionReport.Continuation? = nil, changeLimit: Int = 30,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> InterventionReport {
        try InterventionReport(
            text, tokens: tokens, interventions: interventions, mode: mode,
            attributor: self.attributor(for: text, tokenCount: tokens.count, attributor), continuation: continuation,
            changeLimit: changeLimit, label: { try self.name(of: $0).label }, progress: progress)
    }
}
