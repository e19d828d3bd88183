import ArgumentParser
import AtlasIndexing
import Attribution
import Foundation

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Judge a replacement model: agreement, divergence, error and L0 a layer.",
        discussion: """
            Runs the replacement model freely beside the underlying model over a corpus, and compares them after every \
            token but each prompt's first.

              atlas evaluate corpus.jsonl --model MODEL --transcoders DIR
            """)

    @OptionGroup var corpus: CorpusArguments
    @OptionGroup var replacementModel: ReplacementModelOptions
    @Option(help: "Prompts computed at once; all cores unless given.") var jobs = ProcessInfo.processInfo
        .activeProcessorCount
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: JSONOutput

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs: expected 1 or more, found \(jobs)") }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let quality = try CorpusEvaluation(try replacementModel.attributor()).quality(
            of: try corpus.source(), onMalformed: corpus.policy, jobs: jobs
        ) { progress.show("evaluating", done: $0, total: $1, unit: "prompts") }
        try output.print(quality) { print(quality) }
    }

    /// Prints the figures with their sample size.
    private func print(_ quality: ReplacementQuality) {
        QualityText(quality).lines.forEach { Swift.print($0) }
    }
}
