import ArgumentParser
import AtlasExperiments
import AtlasExport
import AtlasQuery
import Attribution
import Circuits
import Foundation

struct CircuitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "circuit", abstract: "The global circuit that leads to a logit, a feature or a group's answers.",
        discussion: """
            Grown best-first: the feature or token of most influence on the seed joins next. Edges are means over the \
            prompts that explain the token, or over --where; a feature without --where is traced through all stored \
            graphs. --output writes a graph for circuit-tracer's viewer or Neuronpedia: a column for each token, and \
            one for everything else, as a circuit has no positions; with --output - it alone is printed.

              atlas query circuit --token " Austin" --atlas my.atlas
              atlas query circuit --token " Austin" --size 20 --output circuit.json --atlas my.atlas
              atlas query circuit --token " Austin" --by twera --model MODEL --transcoders DIR --atlas my.atlas
              atlas query circuit --token " Austin" --rank-by effect --atlas my.atlas
              atlas query circuit --feature 2/157 --where family=two-step --atlas my.atlas
              atlas query circuit --where family=antonym,language=fr --atlas my.atlas
              atlas query circuit --token " Austin" --expand 5/283 --atlas my.atlas
            """)

    @OptionGroup var seed: CircuitSeedOptions
    @OptionGroup var growth: CircuitGrowthOptions
    @Option(
        help: ArgumentHelp(
            "A feature whose strongest inputs join, however weak; may be given many times.", valueName: "feature"))
    var expand: [FeatureID] = []
    @Option(
        help: ArgumentHelp("What feeds features: stored edges, or twera, which needs the model.", valueName: "edges"))
    var by = Weighting.edges
    @OptionGroup var replacementModel: OptionalReplacementModelOptions
    @Option(help: ArgumentHelp("Write the circuit as a graph.", valueName: "file.json|-")) var output: String?
    @Option(help: "What the viewer knows the transcoders by; their name unless given.") var scan: String?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var json: ListOutput

    enum Weighting: String, CaseIterable, ExpressibleByArgument {
        case edges, twera
    }

    func validate() throws {
        guard output != OutputPlace.standardOutput || !json.isForPrograms else {
            throw ValidationError("--output - prints the graph alone: it goes without --json, --csv and --jsonl")
        }
        guard by == .edges || replacementModel.areGiven else {
            throw ValidationError("--by twera needs --model and --transcoders")
        }
    }

    func run() throws {
        let reader = try file.reader()
        var options = growth.options(group: seed.condition)
        options.expanded = expand
        let report =
            switch by {
            case .edges: try reader.circuit(from: seed.seed(reader), options: options)
            case .twera:
                try reader.circuit(
                    from: seed.seed(reader), options: options,
                    weights: VirtualWeights(replacementModel.attributor(for: reader)!),
                    jobs: ProcessInfo.processInfo.activeProcessorCount)
            }
        if let output {
            let identity = reader.atlas.identity
            let file = URL(fileURLWithPath: output)
            let isFile = output != OutputPlace.standardOutput
            let replaced = ReplacedFile(output)
            var document = GraphDocument(
                report, slug: isFile ? GraphSlug(naming: file) : GraphSlug(identifying: report.seedName),
                scan: scan ?? identity.transcoderName,
                layerCount: identity.layerCount, vocabularySize: identity.vocabulary.count)
            document.show(try reader.supernodes().map { ($0.name, $0.members) })
            guard isFile else { return StandardOutput.write(document.json) }
            try document.enter(asFile: file)
            replaced.report()
        }
        try json.print(report, lists: [.init("nodes", report.nodes), .init("edges", report.edges)]) {
            CircuitText(report).lines.forEach { print($0) }
        }
    }
}

extension CircuitRanking: ExpressibleByArgument {}

/// How a circuit is grown, the same on every command about circuits.
struct CircuitGrowthOptions: ParsableArguments {
    @Option(help: "How many features and tokens join.") var size = CircuitOptions().size
    @Option(
        help: ArgumentHelp(
            "What decides which join and stay: influence, or effect on the answer's lead.", valueName: "ranking"))
    var rankBy = CircuitRanking.influence
    @Option(help: "The share of the joined nodes' influence that is kept.")
    var nodeThreshold = CircuitOptions().nodeThreshold
    @Option(help: "The share of edge scores that is kept.") var edgeThreshold = CircuitOptions().edgeThreshold
    @Option(name: .customLong("prompts"), help: "How many stored graphs are added up at most.")
    var promptLimit = CircuitOptions().promptLimit

    func validate() throws {
        guard size >= 1 else { throw ValidationError("--size: expected 1 or more, found \(size)") }
        guard promptLimit >= 1 else { throw ValidationError("--prompts: expected 1 or more, found \(promptLimit)") }
        try requireShare(nodeThreshold, "--node-threshold")
        try requireShare(edgeThreshold, "--edge-threshold")
    }

    /// - Parameter group: the prompts that circuits are made from; all unless given
    func options(group: PromptFilter?) -> CircuitOptions {
        var options = CircuitOptions(size: size)
        options.ranking = rankBy
        options.nodeThreshold = nodeThreshold
        options.edgeThreshold = edgeThreshold
        options.promptLimit = promptLimit
        options.group = group
        return options
    }
}
