import ArgumentParser
import AtlasExport
import AtlasQuery
import Foundation

struct ExportBundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Write features as Neuronpedia imports them.",
        discussion: """
            For each layer a folder OUTPUT/MODEL/LAYER-SET with release.jsonl, model.jsonl, sourceset.jsonl, \
            source.jsonl and batches of features, activations and, for names that people gave, explanations. The same \
            atlas gives the same bytes. What needs the model is empty: the histogram of logits.

              atlas export bundle --atlas my.atlas --output bundle
              atlas export bundle --model-id gemma-2-2b --source-set my-clt --atlas my.atlas --output bundle
            """)

    @OptionGroup var chosen: ChosenFeaturesOption
    @OptionGroup var file: AtlasFileOption
    @Option(help: "The folder to write to; made if there is none.") var output: String
    @Option(help: "Neuronpedia's id of the model; the end of the model's name unless given.") var modelId: String?
    @Option(help: "The source set's id, without the layer; the transcoders' name unless given.") var sourceSet: String?
    @Option(help: "Whose work it is.") var creator = "Feature Atlas"
    @Option(help: "The id of a user there, to whom rows belong; the first one's of an own installation unless given.")
    var creatorId = FeatureBundle.firstUser
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws { try OutputPlace.requireFolder(output) }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let names = FeatureBundle.Names(model: modelId, sourceSet: sourceSet, creator: creator, creatorID: creatorId)
        let bundle = try FeatureBundle(try file.reader(), features: chosen.list, names: names)
        try bundle.write(to: URL(fileURLWithPath: output, isDirectory: true)) {
            progress.show("exporting", done: $0, total: bundle.count, unit: "features")
        }
        progress.end()
        print("\(output): \(bundle.count.grouped) features")
    }
}
