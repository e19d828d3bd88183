import AtlasStore
import Attribution

/// Weights are asked of the replacement model that the atlas is about, and of no other.
extension AtlasReader {
    /// Throws unless the atlas was indexed with this model and these transcoders.
    func requireModel(_ attributor: Attributor) throws(AtlasError) {
        let (model, basis, identity) = (attributor.model, attributor.basis, atlas.identity)
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
