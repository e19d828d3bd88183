import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Circuits
import Foundation

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a new text: what the model says, and which features of the atlas matter.",
        discussion: """
            The text is not stored; features are named as the atlas names them.

              atlas query run "calc: 36+59=" --model MODEL --transcoders DIR --atlas my.atlas
              atlas query run "calc: 36+59=" --target 9 --minus 8 --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: "The text; the beginning-of-sequence token is put in front.") var text: String
    @Option(help: "Features attributed, the most influential ones; all unless given.") var maxFeatureNodes: Int?
    @Option(
        help:
            "Of neurons measured from groups: the group that the text is like, a value of the atlas's grouping tag; that of the same stored text unless given."
    )
    var group: String?
    @Option(
        help: ArgumentHelp(
            "Explain this token's logit, given by its text or as #ID; the likeliest unless given.", valueName: "token"))
    var target: String?
    @Option(help: ArgumentHelp("Explain by how much the target's logit exceeds this token's.", valueName: "token"))
    var minus: String?
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var model: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireThreads(jobs)
        try requireCount(maxFeatureNodes, "--max-feature-nodes")
        guard target != nil || minus == nil else { throw ValidationError("--minus goes with --target") }
    }

    func run() throws {
        let reader = try file.reader()
        let targets = try self.targets(reader)
        let attributor = try model.attributor(for: reader)
        let progress = ProgressLine()
        defer { progress.end() }
        let report = try reader.run(
            text, attributor: attributor, group: group, targets: targets, maximumFeatureNodes: maxFeatureNodes,
            jobs: jobs
        ) { progress.show("attributing", done: $0, total: $1, unit: "targets") }
        progress.end()
        try output.print(
            report,
            lists: [
                .init("nextTokens", report.nextTokens), .init("graph.nodes", report.graph.nodes),
                .init("graph.edges", report.graph.edges),
            ]
        ) { RunText(report, limit: limit.limit).lines.forEach { print($0) } }
    }

    private func targets(_ reader: AtlasReader) throws -> [AttributionTarget] {
        guard let target else { return [] }
        let token = try reader.tokenNamed(target)
        guard let minus else { return [.token(id: token)] }
        let other = try reader.tokenNamed(minus)
        guard other != token else { throw ValidationError("--minus: expected another token than --target") }
        return [.difference(token: token, minus: other)]
    }
}
