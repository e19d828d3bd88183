import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Circuits
import Foundation

struct ValidateHeadsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate-heads",
        abstract: "Test why heads look where they look, and whether answers need it, by interventions.",
        discussion: """
            In each prompt of the group whose answer the model gets right: the key-side feature that raises a head's score \
            most is silenced, and a random one beside it; the pairs of sources that raise its scores most are taken off \
            the scores, and random pairs, and as much from other heads. Several heads are tested together.

              atlas query validate-heads 1.3 --where family=two-step --model MODEL --transcoders DIR --atlas my.atlas
              atlas query validate-heads 1.0 1.1 1.2 1.3 --pairs 50 --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: ArgumentHelp("The heads.", valueName: "layer.head")) var heads: [HeadID]
    @OptionGroup var group: PromptGroupOption
    @Option(help: "Pairs taken out of each score, at most.") var pairs = HeadValidationOptions().pairs
    @Option(help: ArgumentHelp("The least share of attention that counts as looking.", valueName: "share"))
    var leastWeight = HeadValidationOptions().leastWeight
    @Option(help: ArgumentHelp("Where heads look from, counted from the end.", valueName: "tokens"))
    var beforeEnd = HeadValidationOptions().tokensBeforeEnd
    @Option(help: "Prompts at most; a seeded choice is made above it.")
    var prompts = HeadValidationOptions().promptLimit
    @Option(help: "Seeds what is drawn at random.") var seed = HeadValidationOptions().seed
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var model: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard !heads.isEmpty else { throw ValidationError("expected a head, as 1.3") }
        try requireCount(pairs, "--pairs", to: NumberLimit.pairs)
        try requireShare(leastWeight, "--least-weight")
        try requireCount(beforeEnd, "--before-end", from: 0)
        try requireCount(prompts, "--prompts")
        try requireThreads(jobs)
    }

    func run() throws {
        let reader = try file.reader()
        var options = HeadValidationOptions()
        options.pairs = pairs
        options.leastWeight = leastWeight
        options.tokensBeforeEnd = beforeEnd
        options.promptLimit = prompts
        options.seed = seed
        options.jobs = jobs
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let report = try reader.validateHeads(
            heads, where: group.filter, attributor: model.attributor(for: reader), options: options
        ) { progress.show("testing", done: $0, total: $1, unit: "prompts") }
        progress.end()
        try output.print(report, lists: [.init("trials", report.trials)]) {
            HeadValidationText(report).lines.forEach { print($0) }
        }
    }
}
