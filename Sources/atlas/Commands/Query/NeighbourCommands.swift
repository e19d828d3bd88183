import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits
import Foundation

struct UpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "What drives a feature, across prompts: features, tokens and errors.",
        discussion: """
            By stored edges unless asked otherwise. With the model, virtual weights, ERA and TWERA stand beside them, \
            and any of these may rank.

              atlas query upstream 2/157 --atlas my.atlas
              atlas query upstream 2/157 --where family=two-step --atlas my.atlas
              atlas query upstream 2/157 --by twera --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @OptionGroup var arguments: NeighbourArguments

    func run() throws {
        try arguments.answer(feature, .upstream, title: "what drives \(feature)")
    }
}

struct DownstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downstream", abstract: "What a feature drives, across prompts: features and logits.",
        discussion: """
            By stored edges unless asked otherwise. With the model, virtual weights, ERA and TWERA stand beside them, \
            and any of these may rank.

              atlas query downstream 2/157 --atlas my.atlas
              atlas query downstream 2/157 --by virtual --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: "The feature, layer/index.") var feature: FeatureID
    @OptionGroup var arguments: NeighbourArguments

    func run() throws {
        try arguments.answer(feature, .downstream, title: "what \(feature) drives")
    }
}

/// What both directions are asked with.
struct NeighbourArguments: ParsableArguments {
    @Option(name: .customLong("by"), help: "What comes first; all but edges need the model.")
    var ranking: NeighbourRanking = .edges
    @OptionGroup var group: PromptGroupOption
    @OptionGroup var replacementModel: OptionalReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard ranking == .edges || replacementModel.areGiven else {
            throw ValidationError("--by \(ranking.rawValue) needs --model and --transcoders")
        }
    }

    /// Prints the neighbours; of the whole atlas without a model the text is the table of stored edges alone.
    func answer(_ feature: FeatureID, _ direction: NeighbourDirection, title: String) throws {
        let reader = try file.reader()
        let neighbours = try reader.neighbours(
            of: feature, direction, by: ranking, where: group.filter,
            weights: replacementModel.attributor(for: reader).map(VirtualWeights.init), limit: limit.limit,
            jobs: ProcessInfo.processInfo.activeProcessorCount)
        let isPlain = !replacementModel.areGiven && group.filter.conditions.isEmpty
        try output.print(neighbours, lists: [.init("neighbours", neighbours.neighbours)]) {
            let lines =
                isPlain
                ? NeighboursText(title, neighbours.neighbours).lines : GlobalNeighboursText(title, neighbours).lines
            lines.forEach { print($0) }
        }
    }
}

extension NeighbourRanking: ExpressibleByArgument {}
