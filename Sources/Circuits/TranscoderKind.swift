/// What a transcoder's features write to.
public enum TranscoderKind: String, Sendable, Codable, CaseIterable {
    /// Their own layer's MLP output.
    case perLayer = "per-layer"
    /// Their own layer's and all later layers' MLP outputs.
    case crossLayer = "cross-layer"
}
