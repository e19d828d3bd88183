import Crypto
import Foundation
import Safetensors

/// Tells transcoder sets apart: by `WeightFingerprint`, and by the checksums that archives keep of their arrays.
enum TranscoderFingerprint {
    /// The fingerprint of a set, in hexadecimal.
    ///
    /// - Parameters:
    ///   - configurationPaths: config.yaml or what stands for it, hashed whole
    ///   - weights: the files, in a fixed order
    /// - Throws: `SafetensorsError` when one of them cannot be read.
    static func of(configurationPaths: [String], weights: [any WeightFile]) throws(SafetensorsError) -> String {
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
        let digits = Array("0123456789abcdef")
        return String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
