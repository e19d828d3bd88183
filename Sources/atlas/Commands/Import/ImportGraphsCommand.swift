import ArgumentParser
import AtlasImport
import AtlasStore
import Foundation

struct ImportGraphsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphs", abstract: "Attribution graphs of circuit-tracer and Neuronpedia into an atlas.",
        discussion: """
            Prompts, nodes, edges, targets, names of features, supernodes and pins of .json files, and of those in \
            folders. An atlas holds graphs of one model and transcoder set; its fingerprint is made of the names that \
            files give them. Each file is stored as a whole or not at all; those left out are listed, and the exit code is \
            then 1. Importing the same files again changes nothing.

            A file holds a pruned graph, so what fires is what is a node, and influences and scores are those of the kept \
            part. Questions that need the model, or every activation, say so. A target that is no token is told by our own \
            files only; of others it is taken for a token.

              atlas import graphs downloads --atlas found.atlas
              atlas import graphs one.json two.json --corpus capitals --cross-layer --atlas found.atlas
            """)

    @Argument(help: "Graph files, and folders of them.") var graphs: [String]
    @Option(help: "The atlas; made if there is none.") var atlas: String
    @Option(help: "The corpus that the prompts belong to.") var corpus = "imported"
    @Flag(help: "The transcoders are cross-layer ones, which no file tells.") var crossLayer = false
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: JSONOutput

    func run() throws {
        InterruptionRequest.canBeResumed()
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let `import` = try GraphImport(
            atlasPath: atlas, corpus: corpus, kind: crossLayer ? .crossLayer : .perLayer)
        var files: [URL] = []
        for path in graphs {
            var isFolder: ObjCBool = false
            let address = URL(fileURLWithPath: path)
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                files += try GraphImport.graphFiles(in: address)
            } else {
                files.append(address)
            }
        }
        let summary = try `import`.run(files) { progress.showImport(done: $0, of: files.count) }
        progress.end()
        try ImportSummaryText(summary, atlas: atlas).report(output)
    }
}
