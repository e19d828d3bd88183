import ArgumentParser
import AtlasQuery
import AtlasStore

struct SavedRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saved-run", abstract: "Runs that people keep on the page Run: a text with what is set in it.",
        discussion: """
              atlas saved-run set "Texas silenced" "Fact: the capital of the state containing Dallas is" \\
                --state "set=2/157@3-=x0" --state "doses=0, 1, 2" --atlas my.atlas
              atlas saved-run list --atlas my.atlas
              atlas saved-run remove "Texas silenced" --atlas my.atlas
            """,
        subcommands: [SetSavedRun.self, RemoveSavedRun.self, ListSavedRuns.self])

    struct SetSavedRun: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Keep a text under a name; one of the same name is replaced.",
            discussion: "  atlas saved-run set \"sum\" \"calc: 36+59=\" --state \"target=9\" --atlas my.atlas")

        @Argument(help: "Its name.") var name: String
        @Argument(help: "The text.") var text: String
        @Option(help: ArgumentHelp("A parameter of the page Run; may be given many times.", valueName: "name=value"))
        var state: [String] = []
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            var parameters: [String: String] = [:]
            for one in state {
                let sides = one.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides.count == 2, !sides[0].isEmpty else {
                    throw ValidationError("--state: expected name=value, found \(shown(one))")
                }
                parameters[String(sides[0])] = String(sides[1])
            }
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            try AtlasWriter(atlas).setSavedRun(name, text: text, state: parameters)
            try atlas.close()
        }
    }

    struct RemoveSavedRun: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Forget a kept run.",
            discussion: "  atlas saved-run remove \"sum\" --atlas my.atlas")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var file: AtlasFileOption

        func run() throws {
            let atlas = try Atlas.open(file.atlas, mode: .readWrite)
            _ = try AtlasReader(atlas).savedRun(name)
            try AtlasWriter(atlas).removeSavedRun(name)
            try atlas.close()
        }
    }

    struct ListSavedRuns: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The runs that people keep.",
            discussion: "  atlas saved-run list --atlas my.atlas")

        @OptionGroup var file: AtlasFileOption
        @OptionGroup var output: ListOutput

        func run() throws {
            let runs = try file.reader().savedRuns()
            try output.print(runs, lists: [.init("rows", runs)]) {
                var table = TextTable(["name", "text", "parameters"])
                for run in runs {
                    let state = run.state.keys.sorted().map { "\($0)=\(run.state[$0]!)" }.joined(separator: " ")
                    table.add([shown(run.name), shown(run.text), shown(state)])
                }
                table.lines.forEach { print($0) }
                if runs.isEmpty { print("no run is kept") }
            }
        }
    }
}
