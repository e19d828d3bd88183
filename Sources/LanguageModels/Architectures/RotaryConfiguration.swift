import Foundation

/// Rotary positions as config.json describes them.
extension ConfigurationFile {
    /// Rotary positions from `rope_theta` and `rope_scaling`, or from the newer `rope_parameters`.
    ///
    /// - Parameters:
    ///   - baseName: the field of the base
    ///   - defaultBase: the base where the field is absent
    ///   - layerKind: the entry of `rope_parameters` where it has one for each kind of layer
    ///   - isScaled: whether `rope_scaling` applies
    /// - Throws: `ModelError` for a scaling that is not supported.
    func rotary(
        headWidth: Int, rotatedWidth: Int? = nil, baseName: String = "rope_theta", defaultBase: Double = 10_000,
        layerKind: String? = nil, isScaled: Bool = true
    ) throws(ModelError) -> RotaryEmbedding {
        let share = try number("partial_rotary_factor", default: 1)
        guard rotatedWidth != nil || share == 1 else {
            throw ModelError(file: path, place: "partial_rotary_factor", "expected 1, found \(share)")
        }
        var base = try number(baseName, default: defaultBase)
        var scaling = isScaled ? try object("rope_scaling")?.rotaryScaling(of: self) : nil
        if var parameters = try object("rope_parameters") {
            if let layerKind, let own = try parameters.object(layerKind) { parameters = own }
            base = try parameters.number("rope_theta", default: base)
            scaling = try parameters.rotaryScaling(of: self)
        }
        guard base > 0 else {
            throw ModelError(file: path, place: baseName, "expected a positive number, found \(base)")
        }
        if case .longRope(let scaling) = scaling {
            let expected = (rotatedWidth ?? headWidth) / 2
            guard scaling.shortDivisors.count == expected, scaling.longDivisors.count == expected else {
                throw ModelError(
                    file: path, place: "rope_scaling",
                    "expected \(expected) factors, half of what is turned of a head, found \(scaling.shortDivisors.count) short and \(scaling.longDivisors.count) long ones"
                )
            }
        }
        return RotaryEmbedding(headWidth: headWidth, rotatedWidth: rotatedWidth, base: base, scaling: scaling)
    }

    /// Rotary positions on the first `partial_rotary_factor` of each head.
    func partialRotary(headWidth: Int) throws(ModelError) -> RotaryEmbedding {
        let nested = try object("rope_parameters")?.number("partial_rotary_factor", default: 1)
        let share = try number("partial_rotary_factor", default: nested ?? 1)
        let rotated = Double(headWidth) * share
        guard rotated >= 0, rotated <= Double(headWidth), Int(rotated) % 2 == 0 else {
            throw ModelError(
                file: path, place: "partial_rotary_factor",
                "expected a share of \(headWidth) that is even, found \(share)")
        }
        return try rotary(headWidth: headWidth, rotatedWidth: Int(rotated))
    }

    /// Reads one object of `rope_scaling` or `rope_parameters`.
    ///
    /// - Parameter model: config.json, whose context length counts where the object has none
    private func rotaryScaling(of model: ConfigurationFile) throws(ModelError) -> RotaryEmbedding.Scaling? {
        let kind = try choice(
            "rope_type", "type", of: ["default", "linear", "llama3", "yarn", "dynamic", "longrope", "su"],
            default: "default")
        switch kind {
        case "linear": return .linear(factor: try positive("factor"))
        case "llama3":
            return .llama3(
                RotaryEmbedding.Llama3Scaling(
                    factor: try positive("factor"), lowFrequencyFactor: try positive("low_freq_factor"),
                    highFrequencyFactor: try positive("high_freq_factor"),
                    originalContextLength: try positive("original_max_position_embeddings")))
        case "yarn": return .yarn(try yarnScaling(of: model))
        case "dynamic":
            return .dynamic(
                factor: try positive("factor"), contextLength: try model.positive("max_position_embeddings"))
        case "longrope", "su": return .longRope(try longRopeScaling(of: model))
        default: return nil
        }
    }

    private func yarnScaling(of model: ConfigurationFile) throws(ModelError) -> RotaryEmbedding.YarnScaling {
        let numerator = try number("mscale", default: 0)
        let denominator = try number("mscale_all_dim", default: 0)
        return RotaryEmbedding.YarnScaling(
            factor: try positive("factor"), fastTurns: try positive("beta_fast", default: 32),
            slowTurns: try positive("beta_slow", default: 1),
            originalContextLength: try positive(
                "original_max_position_embeddings", default: try model.positive("max_position_embeddings")),
            isTruncated: try flag("truncate", default: true),
            attentionFactor: has("attention_factor") ? try positive("attention_factor") : nil,
            scales: numerator != 0 && denominator != 0
                ? RotaryEmbedding.YarnScaling.Scales(numerator: numerator, denominator: denominator) : nil)
    }

    private func longRopeScaling(of model: ConfigurationFile) throws(ModelError) -> RotaryEmbedding.LongRopeScaling {
        let context = try model.positive("max_position_embeddings")
        let original = try positive(
            "original_max_position_embeddings",
            default: try model.positive("original_max_position_embeddings", default: context))
        let factor = original < context ? context / original : try positive("factor", default: 1)
        let inferred = factor <= 1 ? 1 : (1 + log(factor) / log(original)).squareRoot()
        guard let short = try numbers("short_factor"), let long = try numbers("long_factor") else {
            throw ModelError(file: path, place: "short_factor", "expected short_factor and long_factor")
        }
        guard (short + long).allSatisfy({ $0 > 0 }) else {
            throw ModelError(file: path, place: "short_factor", "expected positive numbers")
        }
        return RotaryEmbedding.LongRopeScaling(
            shortDivisors: short, longDivisors: long, originalContextLength: original,
            magnitude: try positive("attention_factor", default: inferred))
    }

    /// The longest text: `contextLength`, or further where positions are stretched beyond it.
    func stretchedContext(_ contextLength: Int) throws(ModelError) -> Int {
        let older = try object("rope_scaling")
        let newer = try object("rope_parameters")
        guard let scaling = newer ?? older else { return contextLength }
        let kind = try scaling.string("rope_type")
        let olderKind = try scaling.string("type")
        guard ["yarn", "dynamic"].contains(kind ?? olderKind) else { return contextLength }
        let original = try scaling.number("original_max_position_embeddings", default: Double(contextLength))
        let stretched = try scaling.number("factor", default: 1) * original
        return max(contextLength, Int(exactly: min(stretched, Double(Int32.max)).rounded(.down)) ?? contextLength)
    }

    /// A number above zero that must be present unless there is a fallback.
    func positive(_ name: String, default fallback: Double? = nil) throws(ModelError) -> Double {
        let value = try number(name, default: fallback)
        guard value > 0 else { throw ModelError(file: path, place: name, "expected a positive number, found \(value)") }
        return value
    }
}
