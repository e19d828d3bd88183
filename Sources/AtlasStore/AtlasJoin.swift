/// Atlases of one replacement model made into one file.
///
///     try AtlasJoin(parts: ["part-1.atlas", "part-2.atlas"], whole: "whole.atlas").run()
///
/// A whole that does not exist yet appears under its name when everything is in it and what is derived is built. One that
/// exists takes the parts over one by one, each as a whole or not at all; running the same again goes on.
public struct AtlasJoin: Sendable {
    private let parts: [Atlas]
    private let whole: String

    /// What a join does at a moment.
    public enum Step: Sendable {
        /// So many parts are in.
        case merging(done: Int, total: Int)
        /// All are; statistics are rebuilt.
        case deriving
    }

    /// Looks at every part before anything is written.
    ///
    /// - Throws: `AtlasError` for what is no atlas, for atlases of different models, and for the whole among its parts
    public init(parts: [String], whole: String) throws(AtlasError) {
        precondition(!parts.isEmpty, "nothing to join")
        for part in parts { try AtlasMerge.requireOther(part, than: whole) }
        var shards: [Atlas] = []
        for part in parts { shards.append(try Atlas.open(part, mode: .readOnly)) }
        for shard in shards { try shards[0].requireSame(as: shard.identity) }
        try Atlas.requireSame(shards[0].identity, at: whole)
        self.parts = shards
        self.whole = whole
    }

    /// Takes the parts over and rebuilds what is derived.
    ///
    /// - Returns: what each part added
    @discardableResult
    public func run(
        progress: (Step) -> Void = { _ in }
    ) throws(AtlasError) -> [(part: String, added: AtlasMerge.Additions)] {
        let identity = parts[0].identity
        guard AtlasInMaking.isVacant(whole) else {
            let atlas = try Atlas.open(whole, mode: .create(identity))
            let added = try fill(atlas, progress)
            try atlas.close()
            return added
        }
        let new = try AtlasInMaking(identity, at: whole)
        let atlas = try new.open()
        let added = try AtlasInMaking.creating(whole) {
            let added = try fill(atlas, progress)
            try atlas.close()
            return added
        }
        guard try new.publish() else {
            throw .database(
                path: whole, operation: "merging",
                reason: "another program made it meanwhile, and nothing was added to it; run the same command again")
        }
        return added
    }

    private func fill(
        _ atlas: Atlas, _ progress: (Step) -> Void
    ) throws(AtlasError) -> [(part: String, added: AtlasMerge.Additions)] {
        var added: [(part: String, added: AtlasMerge.Additions)] = []
        for (done, part) in parts.enumerated() {
            progress(.merging(done: done, total: parts.count))
            added.append((part.path, try AtlasMerge(into: atlas).merge(part)))
        }
        progress(.deriving)
        try AtlasDerivation(atlas).rebuild()
        return added
    }
}
