import ArgumentParser
import AtlasImport
import AtlasIndexing
import AtlasStore
import Foundation

struct ImportRawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw", abstract: "Unpruned graphs (.safetensors) into an atlas, pruned as indexing does.",
        discussion: """
            Takes what `atlas attribute --output graph.safetensors` writes, and what the Python package writes of a graph \
            of circuit-tracer. Every active feature is in the file, so that questions about where a feature is silent are \
            answered; what needs the model says so. Each file is stored as a whole or not at all; those left out are \
            listed, and the exit code is then 1. Importing the same files again changes nothing.

              atlas import raw one.safetensors two.safetensors --atlas found.atlas
              atlas import raw old.safetensors --model-name gemma-2-2b --transcoder-name clt-hp --atlas found.atlas
            """)

    @Argument(help: "Raw graph files.") var graphs: [String]
    @Option(help: "The atlas; made if there is none.") var atlas: String
    @Option(help: "The corpus that the prompts belong to.") var corpus = "imported"
    @Option(help: "The model's name, where a file does not tell it.") var modelName: String?
    @Option(help: "The transcoder set's name, where a file does not tell it.") var transcoderName: String?
    @Flag(help: "The transcoders are cross-layer ones, where a file does not tell it.") var crossLayer = false
    @Option(help: "The share of influence that stored nodes cover.") var nodeThreshold = IndexingOptions().nodeThreshold
    @Option(help: "The share of edge scores that stored edges cover.")
    var edgeThreshold = IndexingOptions().edgeThreshold
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: JSONOutput

    func validate() throws {
        try requireShare(nodeThreshold, "--node-threshold")
        try requireShare(edgeThreshold, "--edge-threshold")
    }

    func run() throws {
        InterruptionRequest.canBeResumed()
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let files = graphs.map { URL(fileURLWithPath: $0) }
        let summary = try RawImport(
            atlasPath: atlas, corpus: corpus, nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold,
            defaults: .init(
                modelName: modelName, transcoderName: transcoderName, kind: crossLayer ? .crossLayer : .perLayer)
        ).run(files) { progress.showImport(done: $0, of: files.count) }
        progress.end()
        try ImportSummaryText(summary, atlas: atlas).report(output)
    }
}
