import AtlasStore
import Attribution

/// Weights are asked of the replacement model that the atlas is about, and of no other.
extension AtlasReader {
    /// Throws unless the atlas was indexed with this model and these transcoders.
    func requireModel(_ attributor: Attributor) throws(AtlasError) {
        let pairs = [
            ("model fingerprint", attributor.model.fingerprint, atlas.identity.modelFingerprint),
            ("transcoder fingerprint", attributor.basis.fingerprint, atlas.identity.transcoderFingerprint),
        ]
        for (part, expected, found) in pairs where expected != found {
            throw .otherReplacementModel(path: atlas.path, part: part, expected: expected, found: found)
        }
    }
}
