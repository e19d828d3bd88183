import AtlasQuery
import AtlasStore
import Attribution

/// A replacement model is asked about the atlas that was indexed with it, and about no other.
extension Attributor {
    /// Throws unless an atlas was indexed with this model and these transcoders or neurons.
    func requireModel(of atlas: Atlas) throws(AtlasError) {
        let identity = atlas.identity
        let pairs = [
            ("model fingerprint", [model.fingerprint] + model.formerFingerprints, identity.modelFingerprint),
            (
                "transcoder fingerprint", [basis.fingerprint] + basis.formerFingerprints,
                identity.transcoderFingerprint
            ),
        ]
        for (part, accepted, found) in pairs where !accepted.contains(found) {
            let expected = accepted[0]
            throw .otherReplacementModel(path: atlas.path, part: part, expected: expected, found: found)
        }
    }
}

extension AtlasReader {
    /// Throws unless the atlas was indexed with this model and these transcoders or neurons.
    func requireModel(_ attributor: Attributor) throws(AtlasError) { try attributor.requireModel(of: atlas) }
}

extension VirtualWeights: FeatureWeights {
    /// Throws unless an atlas was indexed with the model and the transcoders that these weights are of.
    public func requireModel(of atlas: Atlas) throws(AtlasError) { try attributor.requireModel(of: atlas) }
}
