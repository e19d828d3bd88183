import ArgumentParser
import AtlasIndexing
import AtlasQuery
import AtlasStore

struct ImportLabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels", abstract: "Names of features from a table or from Neuronpedia's explanations.",
        discussion: """
            A .csv or .tsv file has the columns layer, index, label and perhaps note; a .jsonl file one explanation of \
            Neuronpedia a line (layer, index, description); both also with .gz. A feature that has a name keeps it, \
            unless --replace is given. All of the file is taken over, or after an error nothing.

              atlas import labels labels.csv --atlas my.atlas
              atlas import labels batch-0.jsonl.gz --replace --atlas my.atlas
            """)

    @Argument(help: "The file.") var labels: String
    @OptionGroup var file: AtlasFileOption
    @Flag(help: "Give features that have a name the file's.") var replace = false
    @OptionGroup var output: JSONOutput

    func run() throws {
        let names = try LabelFile(path: labels)
        let atlas = try Atlas.open(file.atlas, mode: .readWrite)
        let summary = try names.write(to: AtlasWriter(atlas), replaces: replace)
        try atlas.close()
        try output.print(summary) {
            var parts = ["\(summary.added.grouped) labels added"]
            for (count, what) in [
                (summary.replaced, "replaced"), (summary.alreadyThere, "already there"),
                (summary.kept, "left out, the features have other names (--replace takes these)"),
                (summary.repeated, "left out, the file names the feature before"),
                (summary.unknownFeatures, "left out, no graph here has the feature"),
            ] where count > 0 {
                parts.append("\(count.grouped) \(what)")
            }
            print("\(file.atlas): " + parts.joined(separator: ", "))
        }
    }
}
