import Crypto
import Foundation
import Tensors
import Texts

/// Tells computations apart by what they compute with, however it is stored: a folder that was saved anew by another
/// version of a library, in other shards or in a wider number format, has the same digest.
///
/// SHA-256 over named settings, vectors whole, and three samples of each matrix as Float32 (its first, middle and last
/// rows, 1,024 numbers each or one row): training changes every matrix everywhere, so two models never agree in all.
public struct ComputationDigest {
    private static let sampleCount = 1024
    private var hash = SHA256()

    /// Begins with what kind of thing is told apart.
    public init(_ kind: String) { add("kind", kind) }

    /// Adds a setting.
    public mutating func add(_ name: String, _ value: String) {
        hash.update(data: Data("\(name.utf8.count) \(name) \(value.utf8.count) \(value)\n".utf8))
    }

    /// Adds a number exactly.
    public mutating func add(_ name: String, _ value: Double) { add(name, String(value.bitPattern, radix: 16)) }

    /// Adds a vector, whole; nothing where there is none.
    public mutating func add(_ name: String, _ values: [Float]?) {
        guard let values else { return }
        add(name, "[\(values.count)]")
        values.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// Adds samples of a matrix.
    ///
    /// - Parameter row: gives `[columnCount]` numbers
    public mutating func add(_ name: String, rowCount: Int, columnCount: Int, row: (_ index: Int) -> [Float]) {
        add(name, "[\(rowCount), \(columnCount)]")
        let count = min(rowCount, max(1, Self.sampleCount / max(1, columnCount)))
        let last = rowCount - count
        for first in [0, last / 2, last] {
            for index in first..<first + count { row(index).withUnsafeBytes { hash.update(bufferPointer: $0) } }
        }
    }

    /// Adds samples of a matrix.
    public mutating func add(_ name: String, _ matrix: StoredMatrix) {
        add(name, rowCount: matrix.rowCount, columnCount: matrix.columnCount) { matrix.row($0) }
    }

    /// The digest of everything so far, in hexadecimal.
    public var hexadecimal: String { hash.finalize().hexadecimal }
}
