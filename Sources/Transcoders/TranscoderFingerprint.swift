import Circuits
import Crypto
import Foundation
import Safetensors
import Texts

/// Tells transcoder sets apart.
enum TranscoderFingerprint {
    /// What a set computes with, in whatever files it lies.
    static func description(
        of layers: [Transcoder], kind: TranscoderKind, inputHook: InputHook, outputHook: OutputHook
    ) -> ComputationDescription {
        var description = ComputationDescription("transcoders")
        description.add("set", "\(kind.rawValue) \(inputHook.rawValue) \(outputHook.rawValue)")
        for transcoder in layers {
            description.add("layer", "\(transcoder.layer)")
            switch transcoder.activation {
            case .relu: description.add("activation", "ReLU")
            case .jumpReLU(let thresholds): description.add("JumpReLU", thresholds)
            case .topK(let count): description.add("activation", "TopK \(count)")
            case .positiveTopK(let count): description.add("activation", "positive TopK \(count)")
            case .groupMaximum(let count): description.add("activation", "largest of \(count) groups")
            }
            if transcoder.inputNormalization != .none {
                description.add("input", transcoder.inputNormalization.rawValue)
            }
            description.add("encoder", transcoder.encoder)
            description.add("encoder bias", transcoder.encoderBias)
            description.add("decoder", transcoder.decoder)
            description.add("decoder bias", transcoder.decoderBias)
            if let skip = transcoder.skip { description.add("skip", skip) }
        }
        return description
    }

    /// What told a set apart before version 0.2, in hexadecimal: its files by `WeightFingerprint`, and the checksums
    /// that archives keep of their arrays.
    ///
    /// - Parameters:
    ///   - configurationPaths: config.yaml or what stands for it, hashed whole
    ///   - weights: the files, in a fixed order
    /// - Throws: `SafetensorsError` when one of them cannot be read.
    static func ofFiles(configurationPaths: [String], weights: [any WeightFile]) throws(SafetensorsError) -> String {
        let sampled = try WeightFingerprint.of(
            smallFiles: configurationPaths, weights: weights.compactMap { $0 as? SafetensorsFile })
        let archives = weights.compactMap { $0 as? NumpyArchive }
        guard !archives.isEmpty else { return sampled }
        var hash = SHA256()
        hash.update(data: Data(sampled.utf8))
        for archive in archives {
            for (name, entry) in archive.entries.sorted(by: { $0.key < $1.key }) {
                hash.update(data: Data("\n\(name) \(entry.byteCount) \(entry.checksum)".utf8))
            }
        }
        return hash.finalize().hexadecimal
    }
}
