import GRDB

/// Atlases of one replacement model made into one file.
///
///     try AtlasJoin(parts: ["part-1.atlas", "part-2.atlas"], whole: "whole.atlas").run()
///
/// A whole that does not exist yet appears under its name when everything is in it and what is derived is built. One that
/// exists is changed in one transaction: all parts are in and what is derived knows of them, or after an error it is as it
/// was. Several parts are put together first, in a hidden file beside it.
public struct AtlasJoin: Sendable {
    private let parts: [Atlas]
    private let whole: String
    /// Whether graphs stored with different thresholds may come together.
    public var mixesThresholds = false
    /// Whether what is derived is left as it is: more parts will follow.
    public var factsOnly = false

    /// What a join does at a moment.
    public enum Step: Sendable {
        /// So many parts are in.
        case merging(done: Int, total: Int)
        /// All are; statistics are brought up to date.
        case deriving
    }

    /// Looks at every part before anything is written.
    ///
    /// - Throws: `AtlasError` for what is no atlas, for atlases of different models, for an atlas that is named twice and
    ///   for the whole among its parts
    public init(parts: [String], whole: String) throws(AtlasError) {
        precondition(!parts.isEmpty, "nothing to join")
        for (place, part) in parts.enumerated() {
            try AtlasMerge.requireOther(part, than: whole)
            for other in parts[..<place] { try AtlasMerge.requireOther(part, than: other) }
        }
        var shards: [Atlas] = []
        for part in parts { shards.append(try Atlas.open(part, mode: .readOnly)) }
        for shard in shards { try shards[0].requireSame(as: shard.identity) }
        try Atlas.requireSame(shards[0].identity, at: whole)
        self.parts = shards
        self.whole = whole
    }

    /// Corpora whose indexing began and never ended, by part: what is missing of them cannot be merged.
    public func unfinished() throws(AtlasError) -> [(part: String, corpus: String)] {
        var found: [(part: String, corpus: String)] = []
        for part in parts {
            found += try part.unfinishedCorpora().map { (part.path, $0) }
        }
        return found
    }

    /// Takes the parts over and brings what is derived up to date.
    ///
    /// - Returns: what each part added that the whole and the parts before it did not have
    @discardableResult
    public func run(
        progress: (Step) -> Void = { _ in }
    ) throws(AtlasError) -> [(part: String, added: AtlasMerge.Additions)] {
        let identity = parts[0].identity
        guard AtlasInMaking.isVacant(whole) else {
            let atlas = try Atlas.open(whole, mode: .create(identity))
            let added = try grow(atlas, progress)
            try atlas.close()
            return added
        }
        let aside = try AtlasAside(identity, at: whole)
        let (added, isOurs) = try AtlasInMaking.creating(whole) {
            let added = try fill(aside.atlas, progress)
            if !factsOnly {
                progress(.deriving)
                try AtlasDerivation(aside.atlas).rebuild()
            }
            return (added, try aside.appear())
        }
        guard isOurs else {
            throw .database(
                path: whole, operation: "merging",
                reason: "another program made it meanwhile, and nothing was added to it; run the same command again")
        }
        return added
    }

    /// Adds the parts to an atlas that nobody else sees.
    private func fill(
        _ atlas: Atlas, _ progress: (Step) -> Void
    ) throws(AtlasError) -> [(part: String, added: AtlasMerge.Additions)] {
        var added: [(part: String, added: AtlasMerge.Additions)] = []
        for (done, part) in parts.enumerated() {
            progress(.merging(done: done, total: parts.count))
            let merge = AtlasMerge(into: atlas)
            added.append((part.path, try merge.merge(part, mixesThresholds: mixesThresholds)))
        }
        return added
    }

    /// Adds the parts to an atlas that is there, in one transaction.
    private func grow(
        _ atlas: Atlas, _ progress: (Step) -> Void
    ) throws(AtlasError) -> [(part: String, added: AtlasMerge.Additions)] {
        func merge(_ part: Atlas) throws(AtlasError) -> AtlasMerge.Additions {
            try AtlasMerge(into: atlas).merge(part, mixesThresholds: mixesThresholds, derives: !factsOnly) {
                if $0 == .clearing { progress(.deriving) }
            }
        }
        guard parts.count > 1 else {
            progress(.merging(done: 0, total: 1))
            return [(parts[0].path, try merge(parts[0]))]
        }
        let fresh = try parts.map { part throws(AtlasError) in try AtlasMerge(into: atlas).missing(from: part) }
        let together = try AtlasInMaking(atlas.identity, at: whole)
        defer { withExtendedLifetime(together) {} }
        let staged = try together.openAside()
        let added = try fill(staged, progress)
        _ = try merge(staged)
        try staged.close()
        // What a part added to the others may have been in the whole.
        var seen: (prompts: Set<ContentHash>, graphs: Set<ContentHash>) = ([], [])
        return zip(added, fresh).map { one, missing in
            var additions = one.added
            additions.prompts = missing.prompts.subtracting(seen.prompts).count
            additions.graphs = missing.graphs.subtracting(seen.graphs).count
            seen.prompts.formUnion(missing.prompts)
            seen.graphs.formUnion(missing.graphs)
            return (one.part, additions)
        }
    }
}

extension Atlas {
    /// Corpora whose indexing began and never ended.
    func unfinishedCorpora() throws(AtlasError) -> [String] {
        try read("looking at runs") { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT c.name FROM runs r JOIN corpora c ON c.id = r.corpus_id GROUP BY c.id
                    HAVING max(r.id) = max(CASE WHEN r.finished_at IS NULL THEN r.id END) ORDER BY c.name
                    """)
        }
    }
}
