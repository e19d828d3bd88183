import Circuits

/// One transcoder a layer: what stands in for a model's MLPs.
public struct TranscoderSet: Sendable {
    /// Whether features write to later layers too.
    public enum Kind: String, Sendable {
        /// Each layer's features write to that layer.
        case perLayer = "per-layer"
        /// Features write to their own layer and all later ones.
        case crossLayer = "cross-layer"
    }

    /// Whether features write to later layers too.
    public let kind: Kind
    /// What the encoders read.
    public let inputHook: InputHook
    /// What the decoders write.
    public let outputHook: OutputHook
    /// In order of layer.
    public let layers: [Transcoder]
    /// `scan` of config.yaml, else the folder's name.
    public let name: String
    /// SHA-256 over config.yaml and samples of every tensor, in hexadecimal.
    public let fingerprint: String

    let decoderRegions: [MappedRegion]

    /// The residual stream's width.
    public var modelWidth: Int { layers.first?.encoder.columnCount ?? 0 }

    /// The layers whose features write to `layer`.
    public func layersWriting(to layer: Int) -> Range<Int> {
        kind == .perLayer ? layer..<layer + 1 : 0..<layer + 1
    }

    /// How large the decoders are, as they lie in the mapped files.
    public var decoderByteCount: Int { decoderRegions.reduce(0) { $0 + $1.byteCount } }

    /// Gives the pages back that reading decoder rows has mapped: resident memory is then what the caller copied.
    ///
    /// A row maps the 64 KiB around it, and pages stay while they fit; call this when a prompt's rows are gathered.
    /// Threads that read meanwhile get their pages from the file again.
    public func releaseDecoderPages() {
        for region in decoderRegions { region.release() }
    }
}
