import ArgumentParser
import AtlasIndexing
import Attribution
import Foundation

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Judge a replacement model where answers are given, by family and layer, and over all tokens.",
        discussion: """
            Runs the replacement model freely beside the underlying model over a corpus, and compares them at the answer \
            position (the last of each prompt), by family of prompts, with each layer replaced alone, and after every \
            token but each prompt's first. Some prompts are attributed too, for their replacement and completeness \
            scores. With --state the sums are saved every few seconds: the same command goes on after an interruption, \
            and its figures are the same to the last bit.

            With --neurons the replacement model keeps the neurons that matter to each answer and holds all others at their \
            baseline: judge it at the answer position.

              atlas evaluate corpus.jsonl --model MODEL --transcoders DIR
              atlas evaluate corpus.jsonl --model MODEL --transcoders DIR --family-tag template
              atlas evaluate corpus.jsonl --model MODEL --transcoders DIR --state evaluation.json --json
            """)

    @OptionGroup var corpus: CorpusArguments
    @OptionGroup var replacementModel: ReplacementModelOptions
    @Option(help: "The tag whose values are families of prompts, judged apart.")
    var familyTag = EvaluationOptions().familyTag
    @Flag(inversion: .prefixedNo, help: "Replace each layer alone too: a run of the model a layer and prompt.")
    var layersAlone = true
    @Option(help: "Prompts that are attributed for their scores, evenly spaced over the corpus; 0 for none.")
    var attributedPrompts = EvaluationOptions().attributedPrompts
    @OptionGroup(title: "Attribution") var attribution: AttributionArguments
    @Option(help: "A file in which sums are saved, and from which an interrupted run goes on.") var state: String?
    @Option(help: "Seconds between two savings at least.") var saveInterval = 5.0
    @Option(help: "Prompts computed at once; all cores unless given.") var jobs = ProcessInfo.processInfo
        .activeProcessorCount
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: JSONOutput

    func validate() throws {
        try requireThreads(jobs)
        guard attributedPrompts >= 0 else {
            throw ValidationError("--attributed-prompts: expected 0 or more, found \(attributedPrompts)")
        }
        guard saveInterval >= 0 else {
            throw ValidationError("--save-interval: expected 0 or more seconds, found \(saveInterval)")
        }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        if state != nil {
            InterruptionRequest.wait(seconds: InterruptionRequest.long)
            InterruptionRequest.canBeResumed()
        }
        let keeping = state.map { path in
            EvaluationKeeping(path: path, corpusName: corpus.defaultName, interval: saveInterval)
        }
        var notes: [String] = []
        do {
            let quality = try CorpusEvaluation(try replacementModel.attributor()).quality(
                of: try corpus.source(), onMalformed: corpus.policy,
                options: EvaluationOptions(
                    attributedPrompts: attributedPrompts, attribution: attribution.options,
                    familyTag: familyTag, layersAlone: layersAlone, truncation: corpus.truncation), keeping: keeping,
                jobs: jobs,
                note: { notes.append("\($0)") }
            ) { progress.show("evaluating", done: $0, total: $1, unit: "prompts") }
            progress.end()
            corpus.printNotes(notes, count: notes.count)
            try output.print(quality) { QualityText(quality, familyTag: familyTag).lines.forEach { print($0) } }
        } catch let error as EvaluationInterrupted {
            progress.end()
            throw Interrupted(message: "\(error), saved in \(state ?? ""); the same command goes on from there")
        }
    }
}
