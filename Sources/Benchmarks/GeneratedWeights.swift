import AtlasQuery
import AtlasStore
import Circuits

/// Weights between the features of a generated atlas: the same for the same two features, between -1 and 1.
struct GeneratedWeights: FeatureWeights {
    func requireModel(of atlas: Atlas) throws(AtlasError) {}

    func sources(of target: FeatureID, jobs: Int) throws -> [[Float]] {
        (0..<target.layer).map { row(layer: $0, with: target) }
    }

    func targets(of source: FeatureID, jobs: Int) throws -> [[Float]] {
        (source.layer + 1..<GeneratedAtlas.identity.layerCount).map { row(layer: $0, with: source) }
    }

    private func row(layer: Int, with feature: FeatureID) -> [Float] {
        var numbers = SeededNumbers(seed: UInt64(layer * 1_000_003 + feature.layer * 65_537 + feature.index))
        return (0..<GeneratedAtlas.identity.featuresPerLayer).map { _ in Float(numbers.unit() * 2 - 1) }
    }
}
