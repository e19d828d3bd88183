import Attribution
import Circuits
import LanguageModels
import Tensors

/// A prompt's next token before and after interventions, and the features that changed.
struct InterventionReport: Encodable {
    struct Candidate: Encodable {
        let token: Int
        let text: String
        let probabilityBefore: Float
        let probabilityAfter: Float
    }
    struct Change: Encodable {
        let feature: String
        let position: Int
        let token: String
        let before: Float
        let after: Float
    }

    /// How the prompt is to be continued.
    struct Continuation {
        let count: Int
        let sampling: Sampling
    }
    /// What follows the prompt, without and with the interventions.
    struct Generated: Encodable {
        let before: String
        let after: String
        let tokensBefore: [Int]
        let tokensAfter: [Int]
    }

    let tokens: [String]
    let set: [String]
    /// `nil` where nothing was to be generated.
    let generated: Generated?
    /// The most likely next tokens before or after.
    let nextTokens: [Candidate]
    /// The features that changed most, the ones that were set left out.
    let changedFeatures: [Change]

    private static let shownTokens = 5

    init(
        _ attributor: Attributor, tokens: [Int], interventions: [Intervention], mode: InterventionMode,
        continuation: Continuation?, limit: Int
    ) throws {
        let texts = tokens.map { attributor.model.tokenizer.text(of: $0) }
        let before = try attributor.intervene(tokens, [], mode: mode)
        let after = try attributor.intervene(tokens, interventions, mode: mode)
        self.tokens = texts
        set = interventions.map(\.description)
        generated = try continuation.map {
            try Self.generated(attributor, tokens: tokens, interventions: interventions, mode: mode, continuation: $0)
        }
        let old = attributor.nextTokenProbabilities(before)
        let new = attributor.nextTokenProbabilities(after)
        var candidates = largest(Self.shownTokens, of: new)
        candidates += largest(Self.shownTokens, of: old).filter { !candidates.contains($0) }
        nextTokens = candidates.map { token in
            Candidate(
                token: token, text: attributor.model.tokenizer.text(of: token), probabilityBefore: old[token],
                probabilityAfter: new[token])
        }
        let changes = Self.changes(
            from: before, to: after, attributor: attributor,
            firstPosition: attributor.model.firstCountedPosition(in: tokens)
        ).filter { change in
            !interventions.contains { $0.feature == change.feature && $0.positions.contains(change.position) }
        }
        changedFeatures = changes.prefix(limit).map { change in
            Change(
                feature: "\(change.feature)", position: change.position, token: texts[change.position],
                before: change.before, after: change.after)
        }
    }

    /// What one feature was and became at one position.
    private struct ActivationChange {
        let feature: FeatureID
        let position: Int
        let before: Float
        var after: Float

        var size: Float { abs(after - before) }
    }

    /// Every feature whose activation changed, the largest changes first.
    private static func changes(
        from before: InterventionResult, to after: InterventionResult, attributor: Attributor, firstPosition: Int
    ) -> [ActivationChange] {
        var changes: [ActivationChange] = []
        for (layer, (x, y)) in zip(attributor.basis.layers, zip(before.preActivations, after.preActivations)) {
            func place(_ feature: ActiveFeature) -> Int { feature.position * layer.featureCount + feature.index }
            func change(_ feature: ActiveFeature, before: Float, after: Float) -> ActivationChange {
                ActivationChange(feature: feature.feature, position: feature.position, before: before, after: after)
            }
            var found: [Int: ActivationChange] = [:]
            for feature in layer.activeFeatures(x, firstPosition: firstPosition) {
                found[place(feature)] = change(feature, before: feature.activation, after: 0)
            }
            for feature in layer.activeFeatures(y, firstPosition: firstPosition) {
                found[place(feature), default: change(feature, before: 0, after: 0)].after = feature.activation
            }
            changes += found.values.filter { $0.before != $0.after }
        }
        return changes.sorted { ($1.size, $0.position, $0.feature) < ($0.size, $1.position, $1.feature) }
    }

    private static func generated(
        _ attributor: Attributor, tokens: [Int], interventions: [Intervention], mode: InterventionMode,
        continuation: Continuation
    ) throws -> Generated {
        let before = try attributor.model.generate(tokens, count: continuation.count, sampling: continuation.sampling)
        let after = try attributor.generate(
            tokens, interventions: interventions, mode: mode, count: continuation.count,
            sampling: continuation.sampling)
        let tokenizer = attributor.model.tokenizer
        return Generated(
            before: tokenizer.decode(before), after: tokenizer.decode(after), tokensBefore: before, tokensAfter: after)
    }

    var lines: [String] {
        var next = TextTable(["next token", ">before", ">after"])
        for candidate in nextTokens {
            next.add([
                "\"\(candidate.text)\"", Double(candidate.probabilityBefore).fixed(4),
                Double(candidate.probabilityAfter).fixed(4),
            ])
        }
        var changes = TextTable(["feature", ">position", "token", ">before", ">after"])
        for change in changedFeatures {
            changes.add([
                change.feature, "\(change.position)", "\"\(change.token)\"", Double(change.before).fixed(3),
                Double(change.after).fixed(3),
            ])
        }
        let text = generated.map { ["", "before  \(shown($0.before))", "after   \(shown($0.after))"] } ?? []
        return ["set  " + set.joined(separator: "  "), ""] + next.lines + text + ["", "features that changed most"]
            + (changedFeatures.isEmpty ? ["none"] : changes.lines)
    }
}
