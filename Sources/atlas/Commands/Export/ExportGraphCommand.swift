import ArgumentParser
import AtlasExport
import AtlasQuery
import Circuits
import Foundation

struct ExportGraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Write a stored graph for circuit-tracer's viewer or Neuronpedia.",
        discussion: """
            Writes SLUG.json and enters it in graph-metadata.json beside it. The stored graph is pruned anew at the \
            given thresholds. Features have their labels; supernodes whose features are nodes are entered too, their \
            members pinned. Without --slug the name is made from the prompt's id, so that no two ids share a file: an \
            id of other characters than a-z, 0-9 and single hyphens gets a digest behind it. An earlier export of the \
            same prompt is replaced; any other file only with --overwrite. Supernodes are read from the file by \
            Neuronpedia; circuit-tracer's viewer takes them from its address, which is told. With --output - the graph \
            alone is printed.

              atlas export graph --prompt two-step-0003 --atlas my.atlas --output graphs
              atlas export graph --prompt two-step-0003 --atlas my.atlas --output - --format graphml > graph.graphml
            """)

    @Option(help: "The prompt's id or text.") var prompt: String
    @OptionGroup var file: AtlasFileOption
    @Option(help: "The folder to write to, made if there is none; - for standard output.") var output: String
    @Option(help: "The file's name; the prompt's id unless given.") var slug: String?
    @Option(help: "The share of influence that nodes cover.") var nodeThreshold = Pruning.viewingThresholds.node
    @Option(help: "The share of edge scores that edges cover.") var edgeThreshold = Pruning.viewingThresholds.edge
    @Option(help: "What the viewer knows the transcoders by; their name unless given.") var scan: String?
    @Flag(help: "Add a node for the biases, which viewers of others show as NaN.") var withBias = false
    @Option(help: "What is written: json for viewers, graphml for networkx, Gephi and igraph.")
    var format = GraphFormat.json
    @Flag(help: "Replace a file of that name that is not about the same prompt.") var overwrite = false

    func validate() throws {
        try requireShare(nodeThreshold, "--node-threshold")
        try requireShare(edgeThreshold, "--edge-threshold")
    }

    func run() throws {
        let reader = try file.reader()
        let id = try reader.promptID(prompt)
        let report = try reader.prompt(id, featureLimit: .max)
        let graph = try reader.graph(ofPrompt: id).pruned(nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold)
        let identity = reader.atlas.identity
        let named = Set(try reader.labels().map(\.feature))
        let labels = Dictionary(report.features.map { ($0.feature, $0.label) }, uniquingKeysWith: { first, _ in first })
        var document = GraphDocument(
            graph,
            context: GraphDocument.Context(
                slug: try slug.map { try GraphSlug($0) } ?? ownSlug(report, reader),
                scan: scan ?? identity.transcoderName,
                prompt: report.text, layerCount: identity.layerCount, tokenText: { identity.vocabulary[$0] },
                featureLabel: { labels[$0] ?? nil }, labelIsAutomatic: { !named.contains($0) },
                vocabularySize: identity.vocabulary.count), includesBias: withBias)
        document.show(try reader.supernodes().map { ($0.name, $0.members) })
        guard output != OutputPlace.standardOutput else {
            return StandardOutput.write(document.data(as: format))
        }
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        let name = "\(document.metadata.slug).\(format.rawValue)"
        let replaced = ReplacedFile(folder.appendingPathComponent(name).path)
        let file = try document.write(to: folder, as: format, overwriting: overwrite)
        replaced.report()
        print(file.path)
        if format == .json { document.tellSupernodeAddress() }
    }

    /// The slug of the prompt's own id; of an id that several prompts have, one that tells their texts apart.
    private func ownSlug(_ report: PromptReport, _ reader: AtlasReader) throws -> GraphSlug {
        guard let id = report.externalIDs.first else { return GraphSlug(identifying: "prompt-\(report.id)") }
        do {
            _ = try reader.promptID(id)
            return GraphSlug(identifying: id)
        } catch QuestionError.ambiguousPrompt {
            return GraphSlug(identifying: "\(id)\n\(report.text)")
        }
    }
}

extension GraphFormat: ExpressibleByArgument {}
