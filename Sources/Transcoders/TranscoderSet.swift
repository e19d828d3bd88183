import Circuits

/// One transcoder a layer: what stands in for a model's MLPs.
public struct TranscoderSet: Sendable {
    /// Whether features write to later layers too.
    public let kind: TranscoderKind
    /// What the encoders read.
    public let inputHook: InputHook
    /// What the decoders write.
    public let outputHook: OutputHook
    /// In order of layer.
    public let layers: [Transcoder]
    /// `scan` of config.yaml, else the folder's name.
    public let name: String
    /// How the set is stored: `config.yaml`, `SAELens` or `EleutherAI sparsify`.
    public let format: String
    /// SHA-256 over what the set computes with, in hexadecimal: hooks, activation functions, every number.
    public let fingerprint: String
    /// What atlases of earlier programs know this folder by, the newest first: a digest of samples of every matrix, and one
    /// over samples of the files as they are written.
    public let formerFingerprints: [String]

    /// Where each layer's encoder lies in its file, in whole pages.
    let encoderRegions: [MappedRegion?]
    /// Where each layer's decoder lies in its file, in whole pages.
    let decoderRegions: [MappedRegion?]

    /// The residual stream's width.
    public var modelWidth: Int { layers.first?.encoder.columnCount ?? 0 }

    /// The layers whose features write to `layer`.
    public func layersWriting(to layer: Int) -> Range<Int> {
        kind == .perLayer ? layer..<layer + 1 : 0..<layer + 1
    }

    /// Says that a prompt has used the encoder of `layer` up: a large set's pages are given back.
    ///
    /// Threads that read meanwhile, and later prompts, get their pages from the file again.
    public func releaseEncoderPages(ofLayer layer: Int) {
        if isLarge { encoderRegions[layer]?.release() }
    }

    /// Says that a prompt's decoder rows of `layer` have been copied: a large set's pages are given back.
    ///
    /// Reading a row maps what lies around it too, so that without this whole decoders would become resident.
    public func releaseDecoderPages(ofLayer layer: Int) {
        if isLarge { decoderRegions[layer]?.release() }
    }

    /// Whether keeping the pages between prompts would take more memory than reading them again is worth.
    private var isLarge: Bool {
        (encoderRegions + decoderRegions).reduce(0) { $0 + ($1?.byteCount ?? 0) } > 1 << 30
    }
}
