import ArgumentParser
import AtlasQuery

struct MotifsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motifs", abstract: "Labelled subgraphs that recur over prompts, against rewired graphs.",
        discussion: """
            Motifs are told apart by features and by whether edges raise (→) or lower (⊣) their targets. Graphs are rewired \
            twice: keeping every node's numbers of inputs and outputs, and also the layers and positions of edges.

              atlas query motifs --where family=two-step --atlas my.atlas
              atlas query motifs --where family=acronym --rewirings 10000 --graphs 50 --atlas my.atlas
            """)

    @Option(name: .customLong("where"), help: "Only these prompts: name=value, several between commas.")
    var filter: PromptFilter?
    @Option(help: "Share of influence whose nodes are kept.") var nodeThreshold = 0.8
    @Option(help: "Share of edge scores whose edges are kept.") var edgeThreshold = 0.98
    @Option(help: "How often each graph is rewired under each null.") var rewirings = 2000
    @Option(help: "Decides the rewirings.") var seed: UInt64 = 0
    @Option(help: "How many graphs are read at most.") var graphs = 200
    @Option(help: "Leave out motifs in fewer prompts.") var minimumSupport = 3
    @Option(help: "Up to which q-value a motif counts as significant.") var falseDiscoveryRate = 0.05
    @Flag(help: "Do not tell edges that raise from edges that lower.") var unsigned = false
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireShare(nodeThreshold, "--node-threshold")
        try requireShare(edgeThreshold, "--edge-threshold")
        try requireCount(rewirings, "--rewirings", to: NumberLimit.rewirings)
        try requireCount(graphs, "--graphs")
        try requireCount(minimumSupport, "--minimum-support")
        try requireShare(falseDiscoveryRate, "--false-discovery-rate")
    }

    func run() throws {
        var options = MotifsOptions()
        options.nodeThreshold = nodeThreshold
        options.edgeThreshold = edgeThreshold
        options.rewirings = rewirings
        options.seed = seed
        options.graphLimit = graphs
        options.minimumSupport = minimumSupport
        options.falseDiscoveryRate = falseDiscoveryRate
        options.signed = !unsigned
        options.limit = limit.limit
        let report = try file.reader().motifs(where: filter ?? .all, options: options)
        try output.print(report, lists: [.init("motifs", report.motifs), .init("census", report.census)]) {
            MotifsText(report).lines.forEach { print($0) }
        }
    }
}
