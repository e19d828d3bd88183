import Crypto
import Foundation
import Texts

/// What told computations apart in the versions between: a digest that reads samples of each matrix only.
///
/// SHA-256 over named settings, vectors whole, and three samples of each matrix as Float32 (its first, middle and last
/// rows, 1,024 numbers each or one row). It takes matrices that differ elsewhere for the same, so that it is only good for
/// knowing an atlas again that was made with it; see ``ComputationDescription/fingerprint(of:cache:)``.
extension ComputationDescription {
    private static let sampleCount = 1024

    /// The digest in hexadecimal.
    public var sampledFingerprint: String {
        var hash = SHA256()
        hash.addSetting("kind", kind + " 2")
        for part in parts {
            switch part {
            case .setting(let name, let value): hash.addSetting(name, value)
            case .vector(let name, let values): hash.addVector(name, values)
            case .matrix(let name, let matrix):
                let (rowCount, columnCount) = (matrix.rowCount, matrix.columnCount)
                hash.addSetting(name, "[\(rowCount), \(columnCount)]")
                let count = min(rowCount, max(1, Self.sampleCount / max(1, columnCount)))
                let last = rowCount - count
                for first in [0, last / 2, last] {
                    let numbers = [Float](unsafeUninitializedCapacity: count * columnCount) { buffer, initialized in
                        if let output = buffer.baseAddress { matrix.copyRows(first..<first + count, into: output) }
                        initialized = count * columnCount
                    }
                    numbers.withUnsafeBytes { hash.update(bufferPointer: $0) }
                }
            }
        }
        return hash.finalize().hexadecimal
    }
}

extension SHA256 {
    /// Adds a name and a value so that no two pairs give the same bytes.
    mutating func addSetting(_ name: String, _ value: String) {
        update(data: Data("\(name.utf8.count) \(name) \(value.utf8.count) \(value)\n".utf8))
    }

    /// Adds a name, how many numbers there are, and each of them.
    mutating func addVector(_ name: String, _ values: [Float]) {
        addSetting(name, "[\(values.count)]")
        values.withUnsafeBytes { update(bufferPointer: $0) }
    }
}
