import AtlasQuery
import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors

/// A feature that is to be silenced in a prompt, and the token that is read.
struct Silencing: Hashable {
    let token: Int
    let prompt: Int
    let feature: FeatureID
}

/// What silencing did.
struct Silenced {
    /// What the feature contributes there, added up over positions.
    let contribution: Double
    /// In each mode.
    let changes: [ValidationReport.Change]
}

/// Silences features in stored prompts, each alone, prompt by prompt on several threads.
struct SilencingRuns {
    let models: PromptModels
    let modes: [ValidationOptions.Mode]
    /// The share of a contribution that is taken away.
    let ablation: Double
    let jobs: Int

    private struct Piece {
        let prompt: Int
        let tokens: [Int]
        var members: [(key: Silencing, firing: PlannedTrial.Firing)]
    }

    /// Prompts between two reports of progress, for each thread.
    private static let promptsAtOnce = 4

    /// Measures each silencing once, however often it stands in the list.
    ///
    /// - Parameter wanted: with the prompt's tokens and where the feature is active
    func measure(
        _ wanted: [(key: Silencing, tokens: [Int], firing: PlannedTrial.Firing)], progress: (Int) -> Void
    ) throws -> [Silencing: Silenced] {
        var pieces: [Piece] = []
        var places: [Int: Int] = [:]
        var known: Set<Silencing> = []
        for item in wanted where known.insert(item.key).inserted {
            let place = places[item.key.prompt] ?? pieces.count
            if place == pieces.count {
                places[item.key.prompt] = place
                pieces.append(Piece(prompt: item.key.prompt, tokens: item.tokens, members: []))
            }
            pieces[place].members.append((item.key, item.firing))
        }
        var found: [Silencing: Silenced] = [:]
        let size = batchSize(perThread: Self.promptsAtOnce, jobs: jobs)
        for start in stride(from: 0, to: pieces.count, by: size) {
            let batch = Array(pieces[start..<min(pieces.count, start + size)])
            let results = try mapInParallel(count: batch.count, jobs: jobs) { try measure(batch[$0]) }
            for (piece, result) in zip(batch, results) {
                for (member, silenced) in zip(piece.members, result) { found[member.key] = silenced }
            }
            progress(batch.reduce(0) { $0 + $1.members.count })
        }
        return found
    }

    private func measure(_ piece: Piece) throws -> [Silenced] {
        let attributor = try models.attributor(prompt: piece.prompt, tokenCount: piece.tokens.count)
        let undisturbed = try attributor.undisturbed(piece.tokens)
        let last = piece.tokens.count - 1
        let before = NextToken(attributor.model.logits(undisturbed, position: last))
        return try piece.members.map { key, firing in
            let layer = attributor.basis.layers[key.feature.layer]
            let contribution = try zip(firing.positions, firing.activations).reduce(0.0) { sum, place in
                sum + Double(place.1 - (try layer.restingActivation(of: key.feature.index, position: place.0)))
            }
            let interventions = firing.positions.map {
                Intervention(
                    feature: key.feature, positions: PositionRange($0), setting: .multiple(Float(1 - ablation)))
            }
            return Silenced(
                contribution: contribution,
                changes: try modes.map { mode in
                    let result = try attributor.intervene(
                        piece.tokens, interventions, mode: mode.intervention, from: undisturbed)
                    return before.change(
                        to: NextToken(attributor.model.logits(result.trace, position: last)), token: key.token)
                })
        }
    }
}

extension ValidationOptions.Mode {
    /// The mode as interventions know it.
    fileprivate var intervention: InterventionMode {
        switch self {
        case .attentionFrozen: .attentionFrozen
        case .normsFrozen: .normsFrozen
        case .free: .free
        case .frozen: .frozen
        }
    }
}

/// What a run says of the next token.
private struct NextToken {
    private let logits: [Float]
    private let mean: Double
    private let logTotal: Double

    init(_ logits: [Float]) {
        self.logits = logits
        mean = logits.reduce(0) { $0 + Double($1) } / Double(logits.count)
        let largest = Double(logits.max() ?? 0)
        logTotal = largest + log(logits.reduce(0) { $0 + exp(Double($1) - largest) })
    }

    private func logProbability(_ token: Int) -> Double { Double(logits[token]) - logTotal }

    func change(to after: NextToken, token: Int) -> ValidationReport.Change {
        // The rival before, so that both gaps are of the same two tokens.
        let rival = EffectReadout(answer: token, logits: logits).rival
        func difference(_ read: (NextToken) -> Double) -> Double { read(after) - read(self) }
        return ValidationReport.Change(
            gap: difference { Double($0.logits[token]) - Double($0.logits[rival]) },
            logit: difference { Double($0.logits[token]) - $0.mean },
            logProbability: difference { $0.logProbability(token) },
            divergence: max(
                0,
                logits.indices.reduce(0.0) { sum, token in
                    let own = logProbability(token)
                    return sum + exp(own) * (own - after.logProbability(token))
                }))
    }
}
