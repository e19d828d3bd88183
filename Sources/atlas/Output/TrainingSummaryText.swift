import Attribution
import TranscoderTraining

/// What `atlas train --json` prints.
struct TrainingSummary: Encodable {
    let report: TrainingReport
    let heldOut: ReplacementQuality?
}

/// What a training run gave, as lines of text.
struct TrainingSummaryText {
    private let report: TrainingReport
    private let quality: ReplacementQuality?
    private let folder: String

    init(_ report: TrainingReport, _ quality: ReplacementQuality?, folder: String) {
        self.report = report
        self.quality = quality
        self.folder = folder
    }

    var lines: [String] {
        let settings = report.settings
        let tokens = settings.steps * settings.batchTokens
        let rate = report.seconds > 0 ? Double(tokens) / report.seconds : 0
        var lines = [
            "\(folder): \(settings.architecture.rawValue), \(settings.featureCount.grouped) features a layer, "
                + settings.activation.rawValue,
            "\(settings.steps.grouped) steps, \(tokens.grouped) tokens (\(report.passes.fixed(1)) passes over the text) in "
                + "\(report.seconds.fixed(0)) s, \(Int(rate).grouped) tokens a second; "
                + "\(report.revivedFeatures.grouped) features revived",
            "",
        ]
        if let last = report.curve.last {
            var table = TextTable([
                "at the end", ">error / variance", ">features firing", ">dead", ">decoder norm",
            ])
            for layer in last.normalizedErrors.indices {
                table.add([
                    "layer \(layer)", last.normalizedErrors[layer].fixed(4), last.activeFeatures[layer].fixed(1),
                    "\((last.deadShares[layer] * 100).fixed(1)) %", last.decoderNorms[layer].fixed(2),
                ])
            }
            lines += table.lines
            lines.append(
                "dead: silent for \(settings.deadAfterTokens.grouped) tokens of training; the curves are in "
                    + TrainingReport.pictureName)
        }
        if let quality {
            var table = TextTable(["on held-out text", ">value", "over"])
            let tokens = "\(quality.tokenCount.grouped) tokens"
            table.add([
                "top-1 agreement with the underlying model", "\((quality.topOneAgreement * 100).fixed(1)) %", tokens,
            ])
            table.add(["KL divergence from the underlying model", "\(quality.divergence.fixed(3)) nats", tokens])
            lines += [""] + table.lines
        }
        return lines
    }
}

extension ProgressLine {
    /// Shows a training run.
    func show(_ progress: TrainingProgress) {
        let (point, layers) = (progress.point, Double(max(1, progress.point.normalizedErrors.count)))
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / layers }
        show(
            "training", done: progress.step, total: progress.steps,
            unit: "steps  loss \(point.loss.fixed(4))  error \(mean(point.normalizedErrors).fixed(4))  "
                + "L0 \(mean(point.activeFeatures).fixed(1))  dead \((mean(point.deadShares) * 100).fixed(1)) %  "
                + "\(Int(progress.tokensPerSecond).grouped) tokens/s ")
    }
}
