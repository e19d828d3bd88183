import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Foundation

struct ExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Put the features of one value of a tag in the place of another's: does the answer follow?",
        discussion: """
            A value's own features are chosen from the atlas: active at the last position of its prompts (with \
            --positions all: anywhere), influential there, and silent with most other values. In each prompt they are \
            set to 0 and those of another value to their mean activation (neurons: to their baseline, and to that and \
            the mean of what they are above it); the rest of the model recomputes.

              atlas query exchange --by state --where family=two-step --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Option(help: "The tag whose values are exchanged.") var by: String
    @OptionGroup var group: PromptGroupOption
    @Option(help: "Features a value is given at most.") var features = ExchangeOptions().featureLimit
    @Option(
        help: ArgumentHelp(
            "What own features are chosen by: influence, or effects on the answer: paths, logit (gradient), gap.",
            discussion: "By paths where the atlas has effects, else by influence."))
    var rankBy: ExchangeOptions.Ranking?
    @Option(help: "Where features are exchanged: last (position) or all.") var positions = ExchangeOptions().positions
    @Option(
        help: "What the model's answer is: likeliest (the most likely token) or preferred (of the two values' answers)."
    )
    var judgement = ExchangeOptions().judgement
    @Option(help: "Multiplies the activations of the features put in.") var strength = ExchangeOptions().strength
    @Option(help: "Replacements at most; a seeded choice is made above it.") var trials = ExchangeOptions().trialLimit
    @Option(help: "Seeds that choice.") var seed = ExchangeOptions().seed
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var model: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireCount(features, "--features")
        try requireCount(trials, "--trials")
        try requireThreads(jobs)
        try requirePositive(strength, "--strength")
    }

    func run() throws {
        let reader = try file.reader()
        let attributor = try model.attributor(for: reader)
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        var options = ExchangeOptions()
        options.featureLimit = features
        options.ranking = rankBy
        options.positions = positions
        options.judgement = judgement
        options.strength = strength
        options.trialLimit = trials
        options.seed = seed
        options.jobs = jobs
        let report = try reader.exchange(by: by, where: group.filter, attributor: attributor, options: options) {
            progress.show("exchanging", done: $0, total: $1, unit: "trials")
        }
        progress.end()
        try output.print(report, lists: [.init("trials", report.trials), .init("values", report.values)]) {
            ExchangeText(report).lines.forEach { print($0) }
        }
    }
}

extension ExchangeOptions.Ranking: ExpressibleByArgument {}
extension ExchangeOptions.Positions: ExpressibleByArgument {}
extension ExchangeOptions.Judgement: ExpressibleByArgument {}
