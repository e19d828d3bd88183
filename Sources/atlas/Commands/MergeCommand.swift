import ArgumentParser
import AtlasStore

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Take the prompts, graphs and names of other atlases over into one.",
        discussion: """
            A corpus indexed in parts answers like one that was indexed at once. All atlases must be about the same \
            replacement model. The first is made if there is none, and appears when it is whole; merging the same atlas \
            again changes nothing.

              atlas merge whole.atlas part-1.atlas part-2.atlas
            """)

    @Argument(help: "The atlas that grows.") var atlas: String
    @Argument(help: "The atlases that are taken over.") var parts: [String]
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws {
        guard !parts.isEmpty else { throw ValidationError("expected at least one atlas to take over") }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        let added = try AtlasJoin(parts: parts, whole: atlas).run { step in
            switch step {
            case .merging(let done, let total): progress.show("merging", done: done, total: total, unit: "atlases")
            case .deriving:
                progress.end()
                progress.show("summarising", done: 0, total: 1, unit: "atlas")
            }
        }
        progress.end()
        for (part, added) in added {
            print(
                "\(part): \(added.prompts.grouped) new prompts, \(added.graphs.grouped) new graphs, "
                    + "\(added.names.grouped) new names")
        }
    }
}
