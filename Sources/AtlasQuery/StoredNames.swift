import AtlasStore
import Circuits

/// Ids that stand in rows, checked against the atlas they come from, so that whatever follows can rely on them.
extension AtlasReader {
    /// A token id that a row holds.
    package func storedToken(_ id: Int) throws(AtlasError) -> Int {
        guard atlas.identity.vocabulary.indices ~= id else {
            throw .damagedRow(
                column: "token", expected: "token ids below \(atlas.identity.vocabulary.count)", found: "\(id)")
        }
        return id
    }

    /// The feature that a row names in its columns `layer` and `feature_index`.
    package func storedFeature(in row: StoredRow) throws(AtlasError) -> FeatureID {
        let feature = FeatureID(layer: try row["layer"], index: try row["feature_index"])
        return try known(feature)
    }

    /// The feature that a row's key names as layer and index.
    package func storedFeature(_ key: [Int64]) throws(AtlasError) -> FeatureID {
        try known(FeatureID(layer: Int(key[0]), index: Int(key[1])))
    }

    /// The node that a row names by its key.
    func storedNode(_ rawValue: Int64) throws(AtlasError) -> NodeKey {
        guard 0..<4 << 40 ~= rawValue else {
            throw .damagedRow(column: "node", expected: "a node key", found: "\(rawValue)")
        }
        let key = NodeKey(rawValue: rawValue)
        if let feature = key.feature { _ = try known(feature) }
        if let token = key.token { _ = try storedToken(token) }
        return key
    }

    private func known(_ feature: FeatureID) throws(AtlasError) -> FeatureID {
        guard atlas.identity.contains(feature) else {
            throw .damagedRow(
                column: "feature_index",
                expected: "\(atlas.identity.layerCount) layers of \(atlas.identity.featuresPerLayer) features",
                found: "\(feature)")
        }
        return feature
    }
}
