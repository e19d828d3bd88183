import ArgumentParser
import AtlasStore

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Take the prompts, graphs and names of other atlases over into one.",
        discussion: """
            A corpus indexed in parts answers like one that was indexed at once. All atlases must be about the same \
            replacement model. The first is made if there is none, and appears when it is whole; one that is there takes \
            all parts or, when something fails, none. Merging the same atlas again changes nothing. What it costs goes \
            with the parts, not with the whole.

              atlas merge whole.atlas part-1.atlas part-2.atlas
            """)

    @Argument(help: "The atlas that grows.") var atlas: String
    @Argument(help: "The atlases that are taken over.") var parts: [String]
    @Flag(help: "Leave statistics as they are: more parts follow, and atlas derive ends it.") var factsOnly = false
    @Flag(help: "Take graphs over that were stored with other thresholds.") var mixedThresholds = false
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws {
        guard !parts.isEmpty else { throw ValidationError("expected at least one atlas to take over") }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        var join = try AtlasJoin(parts: parts, whole: atlas)
        join.factsOnly = factsOnly
        join.mixesThresholds = mixedThresholds
        for (part, corpus) in try join.unfinished() {
            StandardError.line(
                shown(
                    "\(part): indexing the corpus \"\(corpus)\" never ended; what it stored is taken over, the rest is "
                        + "missing"))
        }
        let added = try join.run { step in
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
