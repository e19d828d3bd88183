import Circuits
import GRDB

/// Storing what features' weights alone say about tokens.
extension AtlasWriter {
    /// Stores token effects; a feature that has some already keeps them, as they are facts of the same weights.
    public func writeTokenEffects(_ effects: [FeatureTokenEffects]) throws(AtlasError) {
        for effect in effects where !atlas.identity.contains(effect.feature) {
            throw .unstorable(
                what: "token effects of feature \(effect.feature)",
                expected: "\(atlas.identity.layerCount) layers of \(atlas.identity.featuresPerLayer) features",
                found: "\(effect.feature)")
        }
        try atlas.writeFacts("storing token effects of \(effects.count) features") { db in
            let insertion = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO token_effects (kind, layer, feature_index, rank, token, value)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """)
            var change = Digest()
            for effect in effects {
                let rows = StoredRows(
                    of: "token_effects", where: "kind IN ('input', 'output') AND layer = ? AND feature_index = ?",
                    [effect.feature.layer, effect.feature.index])
                let before = try rows.digest(db)
                try insert(effect, by: insertion)
                change += try rows.digest(db) - before
            }
            try TableDigests.add(change, to: "token_effects", in: db)
        }
    }

    private func insert(_ effect: FeatureTokenEffects, by insertion: Statement) throws {
        let lists = [
            ("output", 1, effect.promoted), ("output", -1, effect.suppressed), ("input", 1, effect.excitedBy),
        ]
        for (kind, sign, entries) in lists {
            for (place, entry) in entries.enumerated() {
                try insertion.execute(arguments: [
                    kind, effect.feature.layer, effect.feature.index, sign * (place + 1), entry.token, entry.value,
                ])
            }
        }
    }

    /// The features that fire in a stored prompt and have no token effects yet, in ascending order.
    ///
    /// - Complexity: reads every stored activation once.
    public func featuresLackingTokenEffects() throws(AtlasError) -> [FeatureID] {
        let identity = atlas.identity
        return try atlas.read("listing features without token effects") { db in
            var fires = [Bool](repeating: false, count: identity.featureCount)
            var activations: [ActiveFeature] = []
            try BlobScan.run(db, sql: "SELECT id, activations FROM prompts") { row in
                try row.decode("prompts.activations", column: 1) { (frame) throws(BlockFault) in
                    try ActivationBlock.decode(frame, into: &activations)
                }
                for active in activations where identity.contains(active.feature) {
                    fires[active.layer * identity.featuresPerLayer + active.index] = true
                }
            }
            let known = try StoredRow.fetchCursor(db, sql: "SELECT DISTINCT layer, feature_index FROM token_effects")
            while let row = try known.next() {
                let feature = try FeatureID(layer: row[0], index: row[1])
                guard identity.contains(feature) else { continue }
                fires[feature.layer * identity.featuresPerLayer + feature.index] = false
            }
            return fires.indices.filter { fires[$0] }.map {
                FeatureID(layer: $0 / identity.featuresPerLayer, index: $0 % identity.featuresPerLayer)
            }
        }
    }
}
