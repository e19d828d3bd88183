import ArgumentParser
import AtlasExperiments
import AtlasIndexing
import AtlasQuery
import Foundation

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Test what the atlas predicts by silencing features on held-out prompts.",
        discussion: """
            Each token's circuit is grown from half of the prompts that explain it; in the other half its features are \
            silenced, one at a time, and what changes is compared with what several predictors say: the gradient, the \
            prompt's graph, what the feature did in other prompts, the circuit, weights, activations, chance. Without \
            --token the tokens are the answers of the group's prompts, or of all.

              atlas query validate --token " Austin" --model MODEL --transcoders DIR --atlas my.atlas
              atlas query validate --where family=two-step --interventions 500 --model MODEL --transcoders DIR \\
                --atlas my.atlas
              atlas query validate --tokens-file capitals.txt --mode free --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Option(help: "The token's text; may be given many times.") var token: [String] = []
    @Option(help: ArgumentHelp("Tokens' texts, one a line, spaces count.", valueName: "file")) var tokensFile: String?
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only prompts with these tags; alone, their answers are the tokens.", valueName: "filter"))
    var group: PromptFilter?
    @Option(help: "How many interventions at most for each value of --by, drawn from all that are possible.")
    var interventions = 200
    @Option(help: ArgumentHelp("The tag whose values are told apart.", valueName: "tag"))
    var by = ValidationOptions().groupTag
    @Option(
        help: ArgumentHelp(
            "What is told group by group: gap, logit, log-probability or divergence; may be given many times, the main one first. Gap and logit unless given.",
            valueName: "readout"))
    var readout: [ValidationOptions.Readout] = []
    @Option(help: ArgumentHelp("The share of a feature that is taken away: 1 or less.", valueName: "share"))
    var ablation = ValidationOptions().ablation
    @Option(
        help: ArgumentHelp(
            "In how many other prompts at most a feature is silenced to learn its mean effect; 0 for none.",
            valueName: "prompts"))
    var measuredPrompts = ValidationOptions().measuredPrompts
    @Option(help: "Draws of prompts behind each interval; 0 for no intervals.")
    var resamples = ValidationOptions().resamples
    @Flag(help: "Draw all that a prompt allows together, for correlations inside prompts.") var wholePrompts = false
    @Option(help: "The same seed splits and draws alike.") var seed: UInt64 = 0
    @Option(
        help: ArgumentHelp(
            "What recomputes: attention-frozen, norms-frozen, free or frozen; may be given many times, the main one first.",
            valueName: "mode"))
    var mode: [ValidationOptions.Mode] = []
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var growth: CircuitGrowthOptions
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard token.isEmpty || tokensFile == nil else {
            throw ValidationError("expected either --token or --tokens-file")
        }
        guard interventions >= 1 else {
            throw ValidationError("--interventions: expected 1 or more, found \(interventions)")
        }
        guard ablation > 0, ablation <= 1 else {
            throw ValidationError("--ablation: expected more than 0 and at most 1, found \(ablation)")
        }
        try requireCount(measuredPrompts, "--measured-prompts", from: 0)
        try requireCount(resamples, "--resamples", from: 0, to: NumberLimit.resamples)
        try requireThreads(jobs)
    }

    func run() throws {
        let reader = try file.reader()
        let tokens = try chosenTokens(reader)
        let attributor = try replacementModel.attributor(for: reader)
        var options = ValidationOptions()
        options.interventions = interventions
        options.seed = seed
        options.wholePrompts = wholePrompts
        options.groupTag = by
        if !readout.isEmpty { options.readouts = readout }
        options.ablation = ablation
        options.measuredPrompts = measuredPrompts
        options.resamples = resamples
        options.circuit = growth.options(group: group)
        if !mode.isEmpty { options.modes = mode }
        let line = ProgressLine()
        let report = try reader.validate(
            tokens: tokens, attributor: attributor, options: options, jobs: jobs
        ) { done, total in
            line.show("intervening", done: done, total: total, unit: "features")
        }
        try output.print(
            report,
            lists: [
                .init("trials", report.trials), .init("circuits", report.circuits), .init("results", report.results),
                .init("strata", report.strata), .init("alternatives", report.alternatives),
            ]
        ) { ValidationText(report, limit: limit.limit).lines.forEach { print($0) } }
    }

    private func chosenTokens(_ reader: AtlasReader) throws -> [Int] {
        var texts = token
        if let tokensFile {
            texts = try CorpusRecords.lines(ofFile: tokensFile).map(\.text)
            guard !texts.isEmpty else { throw ValidationError("\(tokensFile): expected a token a line, found none") }
        }
        if texts.isEmpty { return try reader.answerTokens(of: group ?? .all) }
        return try texts.map { try reader.token($0) }
    }
}

extension ValidationOptions.Mode: ExpressibleByArgument {}
extension ValidationOptions.Readout: ExpressibleByArgument {}
