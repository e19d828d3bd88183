import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Circuits
import Foundation

struct SteerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steer", abstract: "What rises and falls when a feature is made stronger wherever it fires.",
        discussion: """
            The feature is multiplied in prompts where it fires, everything behind it recomputes, and the changes of logits \
            (less their mean) and of later features' activations are averaged over prompts.

              atlas query steer 2/157 --model MODEL --transcoders DIR --atlas my.atlas
              atlas query steer 2/157 --factor 0 --read last --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: ArgumentHelp("The feature.", valueName: "layer/index")) var feature: FeatureID
    @OptionGroup var steering: SteeringArguments
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        let report = try reader.steered(
            feature, attributor: replacementModel.attributor(for: reader), options: steering.options,
            limit: limit.limit, jobs: steering.jobs)
        try output.print(
            report,
            lists: [
                .init("risingTokens", report.risingTokens), .init("fallingTokens", report.fallingTokens),
                .init("risingFeatures", report.risingFeatures), .init("fallingFeatures", report.fallingFeatures),
            ]
        ) { SteeredText(report).lines.forEach { print($0) } }
    }
}

struct SteerPredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steer-predict", abstract: "Does the atlas foretell what rises when features are steered?",
        discussion: """
            Features are steered in prompts where they fire. What rises most on the mean over half of each feature's prompts \
            is compared with what is foretold: by the other half, by decoders, by effects on logits, by the votes of \
            features downstream, and for later features by TWERA, ERA, V and stored edges.

              atlas query steer-predict --model MODEL --transcoders DIR --atlas my.atlas
              atlas query steer-predict --features 200 --read last --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Option(help: "How many features at most, drawn from those that fire in enough prompts.")
    var features = SteeringOptions().features
    @Option(help: "How many of those that rise most are to be foretold.") var risers = SteeringOptions().risers
    @Option(help: "How many features of downstream --by twera vote for tokens.")
    var downstream = SteeringOptions().downstream
    @Option(help: "Draws of features behind each interval; 0 for no intervals.")
    var resamples = SteeringOptions().resamples
    @OptionGroup var steering: SteeringArguments
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireCount(features, "--features")
        try requireCount(risers, "--risers")
        try requireCount(downstream, "--downstream")
        try requireCount(resamples, "--resamples", from: 0, to: NumberLimit.resamples)
        guard steering.prompts >= SteeringOptions.fewestPrompts else {
            throw ValidationError(
                "--prompts: expected \(SteeringOptions.fewestPrompts) or more, so that half can be held out, found "
                    + "\(steering.prompts)")
        }
    }

    func run() throws {
        let reader = try file.reader()
        var options = steering.options
        options.features = features
        options.risers = risers
        options.downstream = downstream
        options.resamples = resamples
        let attributor = try replacementModel.attributor(for: reader)
        let line = ProgressLine()
        let report = try reader.steeringReport(
            attributor: attributor, options: options, jobs: steering.jobs
        ) { done, total in
            line.show("steering", done: done, total: total, unit: "prompts")
        }
        try output.print(report, lists: [.init("features", report.features), .init("results", report.results)]) {
            SteeringText(report).lines.forEach { print($0) }
        }
    }
}

/// How features are steered, the same on both commands.
struct SteeringArguments: ParsableArguments {
    @Option(help: "What activations are multiplied by; 0 silences.") var factor = SteeringOptions().factor
    @Option(help: "In how many prompts at most.") var prompts = SteeringOptions().prompts
    @Option(
        help: ArgumentHelp(
            "Where changes are read: own, the positions where the feature is steered, or last.", valueName: "place"))
    var read = SteeringOptions().readout
    @Option(
        name: .customLong("where"), help: ArgumentHelp("Only prompts with these tags.", valueName: "filter"))
    var group: PromptFilter?
    @Option(help: "The same seed draws alike.") var seed: UInt64 = 0
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        try requireCount(prompts, "--prompts")
        try requireThreads(jobs)
        guard factor.isFinite, factor != 1 else {
            throw ValidationError("--factor: expected a number other than 1, found \(factor)")
        }
    }

    var options: SteeringOptions {
        var options = SteeringOptions()
        options.factor = factor
        options.prompts = prompts
        options.readout = read
        options.group = group ?? .all
        options.seed = seed
        return options
    }
}

extension SteeringOptions.Readout: ExpressibleByArgument {}
