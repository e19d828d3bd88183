import Attribution
import Circuits
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

    let tokens: [String]
    let set: [String]
    /// The most likely next tokens before or after.
    let nextTokens: [Candidate]
    /// The features that changed most, the ones that were set left out.
    let changedFeatures: [Change]

    private static let shownTokens = 5

    init(
        _ attributor: Attributor, tokens: [Int], interventions: [Intervention], mode: InterventionMode, limit: Int
    ) throws {
        let texts = tokens.map { attributor.model.tokenizer.text(of: $0) }
        let before = try attributor.intervene(tokens, [], mode: mode)
        let after = try attributor.intervene(tokens, interventions, mode: mode)
        self.tokens = texts
        set = interventions.map { "\($0.feature)@\($0.position)=\($0.value)" }
        let old = Self.probabilities(before, attributor)
        let new = Self.probabilities(after, attributor)
        var candidates = largest(Self.shownTokens, of: new)
        candidates += largest(Self.shownTokens, of: old).filter { !candidates.contains($0) }
        nextTokens = candidates.map { token in
            Candidate(
                token: token, text: attributor.model.tokenizer.text(of: token), probabilityBefore: old[token],
                probabilityAfter: new[token])
        }
        var changes: [(change: Change, size: Float)] = []
        let touched = Set(
            interventions.map {
                ActiveFeature(layer: $0.feature.layer, position: $0.position, index: $0.feature.index, activation: 0)
            })
        for (transcoder, (x, y)) in zip(attributor.transcoders.layers, zip(before.preActivations, after.preActivations))
        {
            for position in tokens.indices.dropFirst(attributor.model.firstCountedPosition(in: tokens)) {
                for index in 0..<transcoder.featureCount {
                    let was = transcoder.activation(x[position, index], index: index)
                    let isNow = transcoder.activation(y[position, index], index: index)
                    guard was != isNow,
                        !touched.contains(
                            ActiveFeature(layer: transcoder.layer, position: position, index: index, activation: 0))
                    else { continue }
                    let change = Change(
                        feature: "\(transcoder.layer)/\(index)", position: position, token: texts[position],
                        before: was, after: isNow)
                    changes.append((change, abs(isNow - was)))
                }
            }
        }
        changedFeatures = changes.sorted { $0.size > $1.size }.prefix(limit).map(\.change)
    }

    private static func probabilities(_ result: InterventionResult, _ attributor: Attributor) -> [Float] {
        var values = attributor.model.logits(result.trace, position: result.trace.tokens.count - 1)
        values.withUnsafeMutableBufferPointer { softmax($0) }
        return values
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
        return ["set  " + set.joined(separator: "  "), ""] + next.lines + ["", "features that changed most"]
            + (changedFeatures.isEmpty ? ["none"] : changes.lines)
    }
}
