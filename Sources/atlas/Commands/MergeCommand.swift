import ArgumentParser
import AtlasStore

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Take the prompts, graphs and names of other atlases over into one.",
        discussion: """
            A corpus indexed in parts answers like one that was indexed at once. All atlases must be about the same \
            replacement model. The first is made if there is none; merging the same atlas again changes nothing.

              atlas merge whole.atlas part-1.atlas part-2.atlas
            """)

    @Argument(help: "The atlas that grows.") var atlas: String
    @Argument(help: "The atlases that are taken over.") var parts: [String]
    @Flag(help: "Show no progress.") var quiet = false

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        // Every part is looked at before anything is written.
        for part in parts { try AtlasMerge.requireOther(part, than: atlas) }
        let shards = try parts.map { try Atlas.open($0, mode: .readOnly) }
        guard let first = shards.first else { throw ValidationError("expected at least one atlas to take over") }
        for shard in shards { try first.requireSame(as: shard.identity) }
        try Atlas.requireSame(first.identity, at: atlas)
        let whole = try Atlas.open(atlas, mode: .create(first.identity))
        for (done, shard) in shards.enumerated() {
            progress.show("merging", done: done, total: shards.count, unit: "atlases")
            let added = try AtlasMerge(into: whole).merge(shard)
            progress.end()
            print(
                "\(shard.path): \(added.prompts.grouped) new prompts, \(added.graphs.grouped) new graphs, "
                    + "\(added.names.grouped) new names")
        }
        progress.show("summarising", done: 0, total: 1, unit: "atlas")
        try AtlasDerivation(whole).rebuild()
        progress.end()
        try whole.close()
    }
}
