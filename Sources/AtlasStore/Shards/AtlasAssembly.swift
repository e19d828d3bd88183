import Files
import GRDB

/// Makes one atlas that answers for many shards of a corpus.
///
///     try AtlasAssembly(shards: ["shard-1.atlas", "shard-2.atlas"], whole: "answers.atlas").run()
///
/// It holds what a merge of the shards would hold, but not the packed columns of single prompts, by far the most of it:
/// activations, graphs, effects, heads and postings are fetched from the shards, which must stay where they are and as they
/// are. What the shards have derived is added up, in their order; features are described anew from all postings. The result
/// equals a merge of the same shards but for the order of sums. It appears under its name when it is whole.
public struct AtlasAssembly: Sendable {
    private let parts: [String]
    private let whole: String
    /// Whether graphs stored with different thresholds may come together.
    public var mixesThresholds = false

    /// What an assembly does at a moment.
    public enum Step: Sendable {
        /// So many shards are in.
        case taking(done: Int, total: Int)
        /// All are; so many parts of what is derived are there.
        case deriving(done: Int, total: Int)
    }

    /// A shard that was taken over.
    public struct Taken: Sendable, Equatable, Codable {
        /// Its file.
        public let shard: String
        /// Its prompts.
        public let prompts: Int
        /// Its graphs.
        public let graphs: Int
        /// Its labels and supernodes that no shard before it had.
        public let names: Int
        /// Corpora whose indexing began and never ended: what is missing of them is missing here.
        public let unfinishedCorpora: [String]
    }

    /// - Throws: `AtlasError` where something lies at `whole`, and for a shard that is named twice
    public init(shards: [String], whole: String) throws(AtlasError) {
        precondition(!shards.isEmpty, "nothing to assemble")
        guard AtlasInMaking.isVacant(whole) else {
            throw .database(
                path: whole, operation: "assembling",
                reason: "expected no file, found one; name another place, or remove it first")
        }
        var known: [FileIdentity: String] = [:]
        for shard in shards {
            guard let identity = FileIdentity(path: shard) else { continue }
            if let other = known.updateValue(shard, forKey: identity) {
                throw .database(path: shard, operation: "assembling", reason: "it is the same file as \(other)")
            }
        }
        self.parts = shards
        self.whole = whole
    }

    /// Makes the atlas.
    ///
    /// - Returns: what each shard brought
    @discardableResult
    public func run(progress: (Step) -> Void = { _ in }) throws(AtlasError) -> [Taken] {
        progress(.taking(done: 0, total: parts.count))
        let identity = try Atlas.open(parts[0], mode: .readOnly).identity
        let aside = try AtlasAside(identity, at: whole)
        let (taken, isOurs) = try AtlasInMaking.creating(whole) {
            var facts = AssembledFacts(aside.atlas, mixesThresholds: mixesThresholds)
            var taken: [Taken] = []
            for part in parts {
                // One at a time: each holds its vocabulary while it is open.
                let shard = try Atlas.open(part, mode: .readOnly)
                let names = try facts.take(shard)
                let stored = facts.shards[facts.shards.count - 1]
                taken.append(
                    Taken(
                        shard: part, prompts: stored.promptCount, graphs: stored.graphCount, names: names,
                        unfinishedCorpora: try shard.unfinishedCorpora()))
                try shard.close()
                progress(.taking(done: taken.count, total: parts.count))
            }
            try aside.atlas.write("deriving") { db in
                let derivation = AssembledDerivation(atlas: aside.atlas, shards: ShardSet(facts.shards))
                try AtlasDerivation.withRoomyCache(db) {
                    try derivation.run(db) { progress(.deriving(done: $0, total: $1)) }
                }
                try facts.finish(db, as: FilePlace(whole).path)
            }
            return (taken, try aside.appear())
        }
        guard isOurs else {
            throw .database(
                path: whole, operation: "assembling",
                reason: "another program made it meanwhile; run the same command again with another name")
        }
        return taken
    }
}
