import ArgumentParser
import AtlasQuery
import AtlasStore
import Circuits
import Texts

struct SupernodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supernode", abstract: "Keep groups of features under a name.",
        discussion: """
              atlas supernode set "Texas" 2/157 0/245 --atlas my.atlas
              atlas supernode list --atlas my.atlas
              atlas supernode remove "Texas" --atlas my.atlas
            """,
        subcommands: [SetSupernode.self, RemoveSupernode.self, ListSupernodes.self])

    struct SetSupernode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Keep some features under a name; one of the same name is replaced.",
            discussion: "  atlas supernode set \"Texas\" 2/157 0/245 --atlas my.atlas")

        @Argument(help: "Its name.") var name: String
        @Argument(help: "Its features, layer/index.") var members: [FeatureID]
        @Option(help: "Anything longer; an earlier note stays unless one is given.") var note: String?
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            let earlier = try AtlasReader(atlas).supernodes().first {
                ExactText($0.name) == ExactText(NameRule.trimmed(name))
            }
            try AtlasWriter(atlas).setSupernode(name, note: note ?? earlier?.note ?? "", members: members)
            try atlas.close()
        }
    }

    struct RemoveSupernode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Forget a supernode; its features stay.",
            discussion: "  atlas supernode remove \"Texas\" --atlas my.atlas")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            _ = try AtlasReader(atlas).supernode(name)
            try AtlasWriter(atlas).removeSupernode(name)
            try atlas.close()
        }
    }

    struct ListSupernodes: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The supernodes that people keep.",
            discussion: "  atlas supernode list --atlas my.atlas")

        @OptionGroup var file: AtlasFileOption
        @OptionGroup var output: ListOutput

        func run() throws {
            let supernodes = try file.reader().supernodes()
            try output.print(supernodes, lists: [.init("rows", supernodes)]) {
                var table = TextTable(["name", "features", "note"])
                for supernode in supernodes {
                    let members = supernode.members.map(\.description).joined(separator: " ")
                    table.add([supernode.name, members, supernode.note])
                }
                table.lines.forEach { print($0) }
                if supernodes.isEmpty { print("no supernode is kept") }
            }
        }
    }
}
