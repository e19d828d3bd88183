import ArgumentParser
import AtlasExport
import AtlasQuery
import Foundation

struct ExportLabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels", abstract: "Write the names that people gave to features as a table.",
        discussion: """
            A name ending in .csv writes layer, index, label and note; one ending in .jsonl an explanation of Neuronpedia \
            a line. `atlas import labels` reads both.

              atlas export labels --atlas my.atlas --output labels.csv
            """)

    @OptionGroup var file: AtlasFileOption
    @Option(help: "FILE.csv or FILE.jsonl.") var output: String

    func run() throws {
        let reader = try file.reader()
        let labels = try reader.labels()
        let identity = reader.atlas.identity
        let replaced = ReplacedFile(output)
        try LabelTable(labels, modelName: identity.modelName, transcoderName: identity.transcoderName)
            .write(to: URL(fileURLWithPath: output))
        replaced.report()
        print("\(output): \(labels.count.grouped) labels")
    }
}
