import ArgumentParser
import AtlasQuery
import Circuits

struct StableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stable", abstract: "The share of pruning settings that keep each node and edge.",
        discussion: """
            Prunes one stored graph, or one circuit, with node thresholds 0.5 to 0.95 and edge thresholds 0.8 to 0.99, \
            and counts. With --from and --to: an edge between two features, over all stored graphs where both fire.

              atlas query stable --prompt two-step-0003 --atlas my.atlas
              atlas query stable --token " Austin" --size 30 --atlas my.atlas
              atlas query stable --from 2/157 --to 4/20 --atlas my.atlas
            """)

    @Option(help: "The prompt's id or text.") var prompt: String?
    @Option(help: ArgumentHelp("The feature that affects.", valueName: "layer/index")) var from: FeatureID?
    @Option(help: ArgumentHelp("The feature that is affected.", valueName: "layer/index")) var to: FeatureID?
    @OptionGroup var seed: OptionalCircuitSeedOptions
    @Option(help: "How many features and tokens a circuit has.") var size = CircuitOptions().size
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard (from == nil) == (to == nil) else { throw ValidationError("--from goes with --to") }
        guard [prompt != nil, from != nil, seed.isGiven].count(where: { $0 }) == 1 else {
            throw ValidationError("expected one of --prompt, --from with --to, and a circuit's seed")
        }
        guard size >= 1 else { throw ValidationError("--size: expected 1 or more, found \(size)") }
    }

    func run() throws {
        let reader = try file.reader()
        if let from, let to {
            let report = try reader.stability(ofEdge: from, to: to)
            return try output.print(report) { StabilityText.lines(report).forEach { print($0) } }
        }
        let report: StabilityReport
        if let prompt {
            report = try reader.stability(ofPrompt: reader.promptID(prompt))
        } else {
            var options = CircuitOptions(size: size)
            options.group = seed.condition
            report = try reader.stability(ofCircuit: seed.seed(reader), options: options)
        }
        try output.print(report, lists: [.init("nodes", report.nodes), .init("edges", report.edges)]) {
            StabilityText.lines(report, limit: limit.limit).forEach { print($0) }
        }
    }
}
