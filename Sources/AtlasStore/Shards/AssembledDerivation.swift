import Circuits
import GRDB

/// Derives what an assembled atlas tells from what its shards have derived.
///
/// Sums are added up. Histograms and intervals of a feature reach to its largest activation anywhere, so that most shards'
/// own would have to be cut anew: features are described from the postings of all shards, which lie in their order already.
struct AssembledDerivation {
    let atlas: Atlas
    let shards: ShardSet

    /// Fills the derived tables, all of them empty but the postings', whose blocks stay in the shards.
    ///
    /// - Parameter progress: told how many parts of how many are done
    /// - Complexity: time grows with the shards' derived rows and activations; memory takes 8 bytes a prompt, and 40 an
    ///   activation of the most frequent feature
    func run(_ db: Database, progress: (Int, Int) -> Void) throws {
        let total = DerivedSums.all.count + 2
        for (done, sum) in DerivedSums.all.enumerated() {
            progress(done, total)
            var merge = try SumMerge(sum, of: shards, db)
            if sum.table == "aggregated_edges" {
                try EdgeDerivation.rebuildingIndex("aggregated_edges_by_source", in: db) { try merge.run(db) }
            } else {
                try merge.run(db)
            }
        }
        let derivation = AtlasDerivation(atlas)
        try derivation.record(db)
        progress(total - 2, total)
        try describeFeatures(db)
        progress(total - 1, total)
        try AtlasDerivation.tellOfEffects(db)
        let tokens = try Int.fetchAll(db, sql: "SELECT token FROM logit_statistics ORDER BY token")
        try CoverDerivation().run(db, tokens: tokens)
        try TableDigests.record(TableDigests.derived, in: db)
        progress(total, total)
    }

    private func describeFeatures(_ db: Database) throws {
        let size = atlas.identity.vocabulary.count
        let hashes = try PromptHashes(db)
        let prompts = try StoredPrompts(db, vocabularySize: size)
        let derivation = try FeatureDerivation(
            db, identity: atlas.identity, frequencies: TokenFrequencies(db, vocabularySize: size),
            prompt: prompts.callAsFunction)
        try PostingMerge(shards).forEach(db) { key, places in
            guard let feature = NodeKey(rawValue: key).feature, atlas.identity.contains(feature) else {
                throw AtlasError.damagedRow(
                    column: "feature_postings.entries", expected: "features of the model", found: "\(key)")
            }
            let (activations, ids) = FeatureActivations.ofOneFeature(places, hashes: hashes)
            try derivation.insert(
                feature, activations, entries: 0..<places.count, hashPrefixes: ids.map(hashes.callAsFunction)
            ) { ids[$0] }
        }
        try LabelRows.makeSearchable(db)
    }
}
