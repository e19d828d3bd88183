import AtlasQuery
import Attribution
import Circuits
import LanguageModels
import Tensors

/// One text under a hand on the model's features.
extension AtlasReader {
    private static let watchedTokens = 8
    private static let likelyTokens = 4

    /// A text continued as it is and with features set, and what comes next at several doses of them.
    ///
    /// A dose d of a multiple m multiplies by 1 + d (m − 1): nothing is changed at 0, all of it at 1. Of a value it is d times
    /// the value.
    ///
    /// - Parameters:
    ///   - tokens: the text's
    ///   - interventions: what is set, all of it features of this atlas; a range of positions without an end covers what is
    ///     generated too
    ///   - attributor: the atlas's replacement model
    ///   - progress: called with continuations and doses done, and how many there are
    /// - Throws: what `Attributor.generate` throws; `AtlasError` for another replacement model than the atlas's
    public func steeredText(
        _ text: String, tokens: [Int], interventions: [Intervention], attributor: Attributor,
        options: SteeredTextOptions = SteeredTextOptions(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> SteeredTextReport {
        let own = try self.attributor(for: text, tokenCount: tokens.count, attributor)
        let pieces = 2 + options.doses.count
        progress(0, pieces)
        let plain = try continuation(of: tokens, [], by: own, options)
        progress(1, pieces)
        let steered = try continuation(of: tokens, interventions, by: own, options)
        progress(2, pieces)
        var readings: [[Float]] = []
        for (ordinal, dose) in options.doses.enumerated() {
            let result = try own.intervene(
                tokens, interventions.map { $0.dosed(Float(dose)) }, mode: options.mode)
            readings.append(own.model.logits(result.trace, position: tokens.count - 1))
            progress(3 + ordinal, pieces)
        }
        let watched = watchedTokens(options.watched, first: [plain.first, steered.first], readings)
        return SteeredTextReport(
            text: text, tokens: tokens.map(token), settings: interventions.map(\.description),
            temperature: options.temperature, seed: options.temperature == nil ? nil : options.seed,
            plain: plain.steps, steered: steered.steps, watched: watched.map(token),
            doses: zip(options.doses, readings).map { dose, logits in
                let probabilities = softmax(logits)
                return SteeredTextReport.Dose(
                    dose: dose, probabilities: watched.map { Double(probabilities[$0]) },
                    difference: options.watched.count < 2
                        ? nil : Double(logits[options.watched[0]] - logits[options.watched[1]]))
            })
    }

    private func token(_ id: Int) -> PromptReport.Token { .init(token: id, text: text(of: id)) }

    /// The tokens that a text is continued by, and the logits that the first of them was taken from.
    private func continuation(
        of tokens: [Int], _ interventions: [Intervention], by attributor: Attributor, _ options: SteeredTextOptions
    ) throws -> (steps: [SteeredTextReport.Step], first: [Float]) {
        var read: [(probabilities: [Float], likeliest: Int)] = []
        var first: [Float] = []
        let generated = try attributor.generate(
            tokens, interventions: interventions, mode: options.mode, count: options.count,
            sampling: options.temperature.map { .random(temperature: $0, seed: options.seed) } ?? .greedy
        ) { logits in
            if first.isEmpty { first = logits }
            read.append((softmax(logits), largest(1, of: logits).first ?? 0))
        }
        let steps = zip(generated, read).map { token, reading in
            SteeredTextReport.Step(
                token: token, text: text(of: token), probability: Double(reading.probabilities[token]),
                likeliest: reading.likeliest == token ? nil : text(of: reading.likeliest))
        }
        return (steps, first)
    }

    /// Those that were asked for, then the likeliest ones plain, steered, and at each dose in turn.
    private func watchedTokens(_ asked: [Int], first: [[Float]], _ readings: [[Float]]) -> [Int] {
        var watched = asked
        let likely = (first + readings).map { largest(Self.likelyTokens, of: $0) }
        for rank in 0..<Self.likelyTokens {
            for tokens in likely
            where tokens.indices.contains(rank) && watched.count < max(asked.count, Self.watchedTokens) {
                if !watched.contains(tokens[rank]) { watched.append(tokens[rank]) }
            }
        }
        return watched
    }
}

extension Intervention {
    /// A part of it, or more than all of it.
    fileprivate func dosed(_ dose: Float) -> Intervention {
        let setting: Setting =
            switch self.setting {
            case .value(let value): .value(dose * value)
            case .multiple(let factor): .multiple(1 + dose * (factor - 1))
            }
        return Intervention(feature: feature, positions: positions, setting: setting)
    }
}
