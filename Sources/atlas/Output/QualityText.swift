import Attribution

/// A replacement model's quality as lines of text.
struct QualityText {
    private let quality: ReplacementQuality

    init(_ quality: ReplacementQuality) { self.quality = quality }

    var lines: [String] {
        [
            "over \(quality.tokenCount.grouped) tokens, each prompt's first left out:",
            "  top-1 agreement with the underlying model  \(quality.topOneAgreement.percent(1))",
            "  KL divergence from it                      \(quality.divergence.fixed(3)) nats a token",
            "  normalised MSE a layer (error / variance)  "
                + quality.layers.map { $0.normalizedError.fixed(4) }.joined(separator: "  "),
            "  L0 a layer (active features a token)       "
                + quality.layers.map { $0.activeFeaturesPerToken.fixed(1) }.joined(separator: "  "),
        ]
    }
}
