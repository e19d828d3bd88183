import ArgumentParser
import AtlasQuery
import AtlasStore
import Circuits
import Foundation

struct LabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label", abstract: "Name features; a name belongs to the feature and shows everywhere.",
        discussion: """
              atlas label set 2/157 "says Austin" --note "fires at the end of prompts about Texas" --atlas my.atlas
              atlas label list --json --atlas my.atlas > labels.json
              atlas label import labels.json --atlas other.atlas
              atlas label remove 2/157 --atlas my.atlas

            A removed name gives way to the automatic one, which is made from the feature's strongest examples.
            """,
        subcommands: [SetLabel.self, RemoveLabel.self, ListLabels.self, ImportLabels.self])

    struct SetLabel: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Give a feature a name, and a note if there is more to say.",
            discussion: "  atlas label set 2/157 \"says Austin\" --atlas my.atlas")

        @Argument(help: "The feature, layer/index.") var feature: FeatureID
        @Argument(help: "Its name.") var label: String
        @Option(help: "Anything longer; an earlier note stays unless one is given.") var note: String?
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            let earlier = try AtlasReader(atlas).label(of: feature)
            try AtlasWriter(atlas).setLabel(label, note: note ?? earlier?.note ?? "", of: feature)
            try atlas.close()
        }
    }

    struct RemoveLabel: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a feature's name and note away.",
            discussion: "  atlas label remove 2/157 --atlas my.atlas")

        @Argument(help: "The feature, layer/index.") var feature: FeatureID
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            guard try AtlasReader(atlas).label(of: feature) != nil else {
                throw QuestionError.unlabelled(feature: feature)
            }
            try AtlasWriter(atlas).setLabel(nil, of: feature)
            try atlas.close()
        }
    }

    struct ListLabels: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The names that people gave.",
            discussion: "  atlas label list --json --atlas my.atlas > labels.json")

        @OptionGroup var file: AtlasFileOption
        @OptionGroup var output: ListOutput

        func run() throws {
            let labels = try file.reader().labels()
            try output.print(labels, lists: [.init("rows", labels)]) {
                var table = TextTable(["feature", "label", "note"])
                for label in labels { table.add(["\(label.feature)", label.label, label.note]) }
                table.lines.forEach { print($0) }
                if labels.isEmpty { print("no feature has been named") }
            }
        }
    }

    struct ImportLabels: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take over the names of a file that `label list --json` printed.",
            discussion: "  atlas label import labels.json --atlas other.atlas")

        @Argument(help: "The file.") var names: String
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            let labels = try JSONFile(path: names).decode(
                [FeatureLabel].self, expected: "labels as `atlas label list --json` prints them")
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            try AtlasWriter(atlas).setLabels(labels.map { (label: $0.label, note: $0.note, feature: $0.feature) })
            try atlas.close()
            print("\(labels.count) labels")
        }
    }
}
