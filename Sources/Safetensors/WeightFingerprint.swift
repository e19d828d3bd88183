import Crypto
import Foundation
import Texts

/// Tells sets of weights apart without reading all of them.
///
/// SHA-256 over the small files whole and, for each tensor in order of name, its name, type, shape and three samples
/// of 4 KiB (start, middle, end): training changes every tensor everywhere, so two models never agree in all samples.
public enum WeightFingerprint {
    private static let sampleByteCount = 4096

    /// The fingerprint of a set of files, in hexadecimal.
    ///
    /// - Parameters:
    ///   - smallFiles: paths of files that are hashed whole
    ///   - text: what else counts; nothing, where it is empty
    ///   - weights: mapped files, in a fixed order
    /// - Throws: `SafetensorsError` when a small file cannot be read.
    public static func of(
        smallFiles: [String], text: String = "", weights: [SafetensorsFile]
    ) throws(SafetensorsError) -> String {
        var hash = SHA256()
        for path in smallFiles {
            do throws(WholeFile.Fault) {
                hash.update(data: try WholeFile.bytes(path: path))
            } catch {
                throw SafetensorsError(file: path, error.reason)
            }
        }
        hash.update(data: Data(text.utf8))
        for file in weights {
            for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
                hash.update(data: Data("\(name) \(tensor.type) \(tensor.shape)\n".utf8))
                let bytes = file.bytes(of: tensor)
                let last = max(0, bytes.count - sampleByteCount)
                for start in [0, last / 2, last] {
                    hash.update(
                        bufferPointer: .init(rebasing: bytes[start..<min(bytes.count, start + sampleByteCount)]))
                }
            }
        }
        return hash.finalize().hexadecimal
    }
}
