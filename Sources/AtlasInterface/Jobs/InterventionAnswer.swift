import AtlasQuery
import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors
import Transcoders

/// A text run as it is and with features set: what the model says then and there.
public struct InterventionAnswer: Codable, Sendable, Equatable {
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
        /// Its label.
        public let label: String?
        /// Where.
        public let position: Int
        /// The activation as it was.
        public let before: Double
        /// The activation as it became.
        public let after: Double
    }

    private static let shownTokens = 8
    private static let shownChanges = 30

    init(
        _ text: String, tokens: [Int], interventions: [Intervention], mode: InterventionMode, attributor: Attributor,
        reader: AtlasReader, progress: (Int, Int) -> Void
    ) throws {
        let vocabulary = reader.atlas.identity.vocabulary
        progress(0, 2)
        let attributor = try reader.attributor(for: text, tokenCount: tokens.count, attributor)
        let before = try attributor.intervene(tokens, [], mode: mode)
        progress(1, 2)
        let after = try attributor.intervene(tokens, interventions, mode: mode)
        progress(2, 2)
        self.text = text
        self.tokens = tokens.map { .init(token: $0, text: vocabulary[$0]) }
        settings = interventions.map { intervention in
            let value =
                switch intervention.setting {
                case .value(let value): "\(value)"
                case .multiple(let factor): "x\(factor)"
                }
            return "\(intervention.feature)@\(intervention.positions)=\(value)"
        }
        let old = attributor.nextTokenProbabilities(before)
        let new = attributor.nextTokenProbabilities(after)
        var candidates = largest(Self.shownTokens, of: new)
        candidates += largest(Self.shownTokens, of: old).filter { !candidates.contains($0) }
        nextTokens = candidates.map {
            Candidate(token: $0, text: vocabulary[$0], before: Double(old[$0]), after: Double(new[$0]))
        }
        let changes = Self.changes(from: before, to: after, attributor: attributor, tokens: tokens).filter { change in
            !interventions.contains {
                $0.feature == change.feature.feature && $0.positions.contains(change.feature.position)
            }
        }
        changed = try changes.prefix(Self.shownChanges).map { change in
            Change(
                feature: change.feature.feature, label: try reader.name(of: change.feature.feature).label,
                position: change.feature.position, before: Double(change.before), after: Double(change.after))
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
