import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits
import Foundation

struct InhibitorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inhibitors", abstract: "What may keep a feature silent where it is expected to fire.",
        discussion: "  atlas query inhibitors 2/157 --model MODEL --transcoders DIR --atlas my.atlas")

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @OptionGroup var group: PromptGroupOption
    @OptionGroup var replacementModel: OptionalReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        guard let attributor = try replacementModel.attributor(for: reader) else {
            throw QuestionError.needsModel(question: "what inhibits a feature")
        }
        let report = try reader.inhibitors(
            of: feature, weights: VirtualWeights(attributor), where: group.filter, limit: limit.limit,
            jobs: ProcessInfo.processInfo.activeProcessorCount)
        try output.print(report, lists: [.init("inhibitors", report.inhibitors), .init("sources", report.sources)]) {
            InhibitorsText(report).lines.forEach { print($0) }
        }
    }
}
