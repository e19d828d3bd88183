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
              atlas export labels --atlas my.atlas --output - --format jsonl | gzip > labels.jsonl.gz
            """)

    @OptionGroup var file: AtlasFileOption
    @Option(help: "FILE.csv or FILE.jsonl, or - for standard output.") var output: String
    @Option(help: "With --output -: csv, unless given, or jsonl.") var format: LabelFormat?

    func validate() throws {
        guard format == nil || output == OutputPlace.standardOutput else {
            throw ValidationError("--format goes with --output -; a file's ending tells its format")
        }
    }

    func run() throws {
        let reader = try file.reader()
        let labels = try reader.labels()
        let identity = reader.atlas.identity
        let table = LabelTable(labels, modelName: identity.modelName, transcoderName: identity.transcoderName)
        guard output != OutputPlace.standardOutput else {
            return StandardOutput.write(table.data(as: format ?? .csv))
        }
        let replaced = ReplacedFile(output)
        try table.write(to: URL(fileURLWithPath: output))
        replaced.report()
        print("\(output): \(labels.count.grouped) labels")
    }
}

extension LabelFormat: ExpressibleByArgument {}
