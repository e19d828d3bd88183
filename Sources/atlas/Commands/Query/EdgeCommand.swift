import ArgumentParser
import AtlasExperiments
import AtlasQuery
import AtlasStore
import Attribution
import Foundation

struct EdgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edge", abstract: "What one node does to another, across prompts.",
        discussion: """
            A node is a feature (2/157), a layer's error (error:3), a token (token:TEXT) or a logit (logit:TEXT). With \
            the model, an edge between features is told with its virtual weight, ERA and TWERA.

              atlas query edge 2/157 4/30 --atlas my.atlas
              atlas query edge 2/157 "logit: Austin" --where family=two-step --atlas my.atlas
              atlas query edge 2/157 4/30 --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: "What affects: a feature, an error or a token.") var source: String
    @Argument(help: "What is affected: a feature or a logit.") var target: String
    @Option(help: "How many example prompts are told.") var examples = 5
    @OptionGroup var group: PromptGroupOption
    @OptionGroup var replacementModel: OptionalReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard examples >= 0 else { throw ValidationError("--examples: expected 0 or more, found \(examples)") }
    }

    func run() throws {
        let reader = try file.reader()
        let report = try reader.edge(
            from: reader.node(source), to: reader.node(target), where: group.filter,
            weights: replacementModel.attributor(for: reader).map(VirtualWeights.init), exampleLimit: examples,
            jobs: ProcessInfo.processInfo.activeProcessorCount)
        try output.print(report, lists: [.init("examples", report.examples)]) {
            EdgeText(report).lines.forEach { print($0) }
        }
    }
}
