import ArgumentParser
import AtlasStore

struct AssembleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assemble", abstract: "Make one atlas that answers for many shards, which keep their graphs.",
        discussion: """
            The atlas holds all texts, names and statistics, and fetches activations and graphs of single prompts from the \
            shards. It answers every question like a merge of them and takes a fraction of the room; a shard must stay \
            where it is, or move with the atlas if it lies in its folder. What the shards have derived is added up. No text \
            may be in two of them: index --shard makes such shards. Facts are added to a shard, or in a new one, and the \
            atlas is assembled again; labels and supernodes can be written.

              atlas assemble answers.atlas shard-1.atlas shard-2.atlas shard-3.atlas
            """)

    @Argument(help: "The atlas that is made.") var atlas: String
    @Argument(help: "The shards.") var shards: [String]
    @Flag(help: "Take graphs that were stored with other thresholds.") var mixedThresholds = false
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: JSONOutput

    func validate() throws {
        guard !shards.isEmpty else { throw ValidationError("expected at least one shard") }
    }

    func run() throws {
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        var assembly = try AtlasAssembly(shards: shards, whole: atlas)
        assembly.mixesThresholds = mixedThresholds
        let taken = try assembly.run { step in
            switch step {
            case .taking(let done, let total):
                progress.show("assembling", done: done, total: total, unit: "shards")
                if done == total { progress.end() }
            case .deriving(let done, let total):
                progress.show("adding up", done: done, total: total, unit: "tables")
            }
        }
        progress.end()
        for shard in taken {
            for corpus in shard.unfinishedCorpora {
                StandardError.line(
                    shown(
                        "\(shard.shard): indexing the corpus \"\(corpus)\" never ended; what it stored answers, the rest "
                            + "is missing"))
            }
        }
        try output.print(taken) {
            for shard in taken {
                print(
                    "\(shard.shard): \(shard.prompts.grouped) prompts, \(shard.graphs.grouped) graphs, "
                        + "\(shard.names.grouped) new names")
            }
        }
    }
}
