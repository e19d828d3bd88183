import AtlasExperiments
import AtlasQuery

/// A test of what is foretold of steered features as lines of text.
struct SteeringText {
    private let report: SteeringReport

    init(_ report: SteeringReport) { self.report = report }

    var lines: [String] {
        let options = report.options
        var lines = [
            "\(report.steeredCount.grouped) of \(report.candidateCount.grouped) features that fire in 4 prompts or more, each "
                + "× \(options.factor) in up to \(options.prompts) prompts, read "
                + (options.readout == .own ? "at the positions where it fires" : "behind the prompt")
                + ", seed \(options.seed)"
        ]
        if report.silentCount > 0 {
            lines.append("\(report.silentCount.grouped) of them raised no token there and are left out")
        }
        for subject in SteeringReport.Subject.allCases { lines += [""] + table(subject) }
        return lines + [
            "",
            "area: how often one of those that rose most was foretold above another (ROC; 0.5 by chance), mean over features,",
            "below it 95 % of draws of features; rank: mean Spearman correlation over all; top: share of those that rose most",
            "among as many foretold to. Learnt from the other half of each feature's prompts: measured elsewhere, effects.",
            "TWERA, ERA and edges are over all prompts, the tested ones among them.",
        ]
    }

    private func table(_ subject: SteeringReport.Subject) -> [String] {
        let results = report.results.filter { $0.subject == subject }
        guard !results.isEmpty else { return ["no \(subject.rawValue) rose"] }
        let predictors = SteeringPredictor.allCases.filter { predictor in
            results.contains { $0.predictors[predictor] != nil }
        }
        var table = TextTable(["", ">features", ""] + predictors.map { ">" + $0.rawValue })
        for result in results {
            func row(_ told: (SteeringReport.Quality) -> String) -> [String] {
                predictors.map { result.predictors[$0].map(told) ?? "" }
            }
            table.add([result.name, result.count.grouped, "area"] + row { $0.area.fixed(3) })
            table.add(
                ["", "", ""] + row { $0.interval.map { "\($0.low.fixed(3))…\($0.high.fixed(3))" } ?? "" })
            guard result.name == "all" else { continue }
            table.add(["", "", "rank"] + row { $0.correlation?.signed(2) ?? "–" })
            table.add(["", "", "top"] + row { $0.shared.percent() })
        }
        return [
            subject == .tokens
                ? "which \(report.options.risers) tokens' logits, less the mean, rise most"
                : "which \(report.options.risers) features of later layers rise most", "",
        ] + table.lines
    }
}

/// What steering one feature did as lines of text.
struct SteeredText {
    private let report: SteeredFeature

    init(_ report: SteeredFeature) { self.report = report }

    var lines: [String] {
        let label = report.label.map { " (\(shown($0)))" } ?? ""
        return [
            "feature \(report.feature)\(label) × \(report.options.factor) at \(report.positionCount.grouped) positions of "
                + "\(report.promptCount.grouped) prompts, read "
                + (report.options.readout == .own ? "there" : "behind the prompts")
        ] + tokens("rise", report.risingTokens) + tokens("fall", report.fallingTokens)
            + features("rise", report.risingFeatures) + features("fall", report.fallingFeatures) + [
                "",
                "change: of the logit less its mean over the vocabulary, or of the activation; mean over prompts, spread between",
                "them; decoder: the feature's decoders · the token's unembedding, what weights alone say.",
            ]
    }

    private func tokens(_ verb: String, _ tokens: [SteeredFeature.Token]) -> [String] {
        guard !tokens.isEmpty else { return ["", "no token \(verb)s"] }
        var table = TextTable(["tokens that \(verb)", ">change", ">spread", ">decoder"])
        for token in tokens {
            table.add([
                "\"\(shown(token.text))\"", token.mean.signed(3), token.spread.fixed(3), token.decoder.signed(3),
            ])
        }
        return [""] + table.lines
    }

    private func features(_ verb: String, _ features: [SteeredFeature.Later]) -> [String] {
        guard !features.isEmpty else { return [] }
        var table = TextTable(["later features that \(verb)", ">change", ">spread", "label"])
        for later in features {
            table.add([
                "\(later.feature)", later.mean.signed(3), later.spread.fixed(3), later.label.map(shown) ?? "",
            ])
        }
        return [""] + table.lines
    }
}
