import ArgumentParser
import AtlasStore

struct DeriveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derive", abstract: "Rebuild statistics, examples, aggregated edges and drivers from the facts.",
        discussion: """
            Indexing does this at its end; after an interruption it can be asked for alone.

              atlas derive my.atlas
            """)

    @Argument(help: "The atlas.") var atlas: String
    @Flag(help: "Show no progress.") var quiet = false

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let opened = try Atlas.open(atlas, mode: .readWrite)
        let total = AtlasDerivation.Stage.allCases.count
        var done = 0
        try AtlasDerivation(opened).rebuild { _ in
            progress.show("summarising", done: done, total: total, unit: "passes")
            done += 1
        }
        progress.show("summarising", done: total, total: total, unit: "passes")
        try opened.close()
    }
}
