import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits
import Foundation

struct HeadsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heads", abstract: "The heads of the model: where they look, and what goes through them.",
        discussion: """
            Means and shares over all prompts whose graphs have the heads of their edges (atlas index --heads). With \
            --feature: the heads that carry a feature's outgoing edges.

              atlas query heads --atlas my.atlas
              atlas query heads --sort previous --atlas my.atlas
              atlas query heads --feature 2/157 --atlas my.atlas
            """)

    @Option(help: ArgumentHelp("The heads that carry this feature.", valueName: "layer/index")) var feature: FeatureID?
    @Option(help: "What comes first.") var sort = HeadOrder.share
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        if let feature {
            let report = try reader.heads(carrying: feature)
            return try output.print(report, lists: [.init("heads", report.heads)]) {
                HeadsText.lines(report, limit: limit.limit).forEach { print($0) }
            }
        }
        let report = try reader.heads()
        try output.print(report, lists: [.init("heads", report.heads)]) {
            HeadsText.lines(report, by: sort, limit: limit.limit).forEach { print($0) }
        }
    }
}

/// What a list of heads is ordered by.
enum HeadOrder: String, CaseIterable, ExpressibleByArgument {
    case share, previous, same, first, distance, entropy, place

    /// Whether one head comes before another.
    func precedes(_ one: HeadsReport.Head, _ other: HeadsReport.Head) -> Bool {
        let key: KeyPath<HeadsReport.Head, Double>
        switch self {
        case .place: return (one.layer, one.head) < (other.layer, other.head)
        case .share: key = \.share
        case .previous: key = \.previous
        case .same: key = \.same
        case .first: key = \.first
        case .distance: key = \.distance
        case .entropy: key = \.entropy
        }
        return (other[keyPath: key], one.layer, one.head) < (one[keyPath: key], other.layer, other.head)
    }
}

struct HeadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head", abstract: "What one head carries, and to what.",
        discussion: """
            Over all prompts whose graphs have the heads of their edges. With --pairs, for which the model is needed, \
            what makes it look instead: the pairs of sources that add most to its scores, over the prompts with the \
            strongest edges through it.

              atlas query head 3.1 --atlas my.atlas
              atlas query head 3.1 --pairs --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: ArgumentHelp("The head.", valueName: "layer.head")) var head: HeadID
    @OptionGroup var model: OptionalReplacementModelOptions
    @Flag(help: "What makes it look, instead of what it carries.") var pairs = false
    @Option(help: "With --pairs: prompts whose scores are taken apart.") var prompts = 30
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireCount(prompts, "--prompts")
        try requireThreads(jobs)
        guard !pairs || model.areGiven else { throw ValidationError("--pairs needs --model and --transcoders") }
    }

    func run() throws {
        let reader = try file.reader()
        if pairs, let attributor = try model.attributor(for: reader) {
            let report = try reader.pairs(
                layer: head.layer, head: head.head, attributor: attributor, prompts: prompts, limit: limit.limit,
                jobs: jobs)
            return try output.print(report, lists: [.init("pairs", report.pairs)]) {
                HeadsText.lines(report).forEach { print($0) }
            }
        }
        let report = try reader.head(layer: head.layer, head: head.head, limit: limit.limit)
        try output.print(
            report,
            lists: [
                .init("carried", report.carried), .init("served", report.served), .init("examples", report.examples),
            ]
        ) { HeadsText.lines(report).forEach { print($0) } }
    }
}

struct AttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention", abstract: "Why a head looks from one position of a prompt to another.",
        discussion: """
            The pairs of sources, one on each side, that make the head's score; with --against less that of another key, \
            or of the mean over the keys that the query reaches.

              atlas query attention two-step-0003 --qk 3.1@9,4 --against mean --model MODEL --transcoders DIR \
                --atlas my.atlas
            """)

    @Argument(help: "The prompt's id, external id or text.") var prompt: String
    @Option(help: ArgumentHelp("The head, where it looks from and to.", valueName: "L.H@q,k")) var qk: String
    @Option(help: ArgumentHelp("What the key is compared with.", valueName: "position|mean")) var against: String?
    @Option(help: "Pairs that are told.") var pairs = 20
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var model: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try ScoreArguments.check(qk: qk, against: against, pairs: pairs)
        try requireThreads(jobs)
    }

    func run() throws {
        guard let place = ScorePlace(qk) else { return }
        let reader = try file.reader()
        let prompt = try reader.promptID(prompt)
        let report = try reader.attention(
            ofPrompt: prompt, place, against: ScoreArguments.reference(against),
            attributor: model.attributor(for: reader), pairs: pairs, jobs: jobs)
        try output.print(
            report,
            lists: [
                .init("pairs", report.pairs), .init("groups", report.groups),
                .init("querySources", report.querySources), .init("keySources", report.keySources),
            ]
        ) { AttentionText(report).lines.forEach { print($0) } }
    }
}
