import Crypto
import Foundation
import Safetensors
import Texts

/// Tells transcoder sets apart.
enum TranscoderFingerprint {
    /// The fingerprint of a set, in hexadecimal: what it computes with, in whatever files it lies.
    static func of(
        _ layers: [Transcoder], kind: TranscoderSet.Kind, inputHook: InputHook, outputHook: OutputHook
    ) -> String {
        var digest = ComputationDigest("transcoders 2")
        digest.add("set", "\(kind.rawValue) \(inputHook.rawValue) \(outputHook.rawValue)")
        for transcoder in layers {
            digest.add("layer", "\(transcoder.layer)")
            switch transcoder.activation {
            case .relu: digest.add("activation", "ReLU")
            case .jumpReLU(let thresholds): digest.add("JumpReLU", thresholds)
            case .topK(let count): digest.add("activation", "TopK \(count)")
            case .positiveTopK(let count): digest.add("activation", "positive TopK \(count)")
            case .groupMaximum(let count): digest.add("activation", "largest of \(count) groups")
            }
            if transcoder.inputNormalization != .none {
                digest.add("input", transcoder.inputNormalization.rawValue)
            }
            digest.add("encoder", transcoder.encoder)
            digest.add("encoder bias", transcoder.encoderBias)
            let (width, slots) = (transcoder.encoder.columnCount, transcoder.slotCount)
            digest.add("decoder", rowCount: transcoder.featureCount * slots, columnCount: width) { row in
                [Float](unsafeUninitializedCapacity: width) { buffer, count in
                    if let output = buffer.baseAddress {
                        transcoder.decoder.copyRow(feature: row / slots, slot: row % slots, into: output)
                    }
                    count = width
                }
            }
            digest.add("decoder bias", transcoder.decoderBias)
            if let skip = transcoder.skip { digest.add("skip", skip) }
        }
        return digest.hexadecimal
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

extension ComputationDigest {
    fileprivate mutating func add(_ name: String, _ matrix: WeightMatrix) {
        add(name, rowCount: matrix.rowCount, columnCount: matrix.columnCount) { matrix.row($0) }
    }
}
