import Crypto
import Foundation
import Tensors
import Texts

/// Tells computations apart by every number that they compute with.
///
/// 1. Each matrix is cut into blocks of rows of about a million numbers. A block's digest is SHA-256 over its numbers as
///    Float32, a matrix's that over the digests of its blocks: blocks are hashed on all cores, whatever the matrices.
/// 2. The fingerprint is SHA-256 over the kind, and of each part the name with the value, the numbers or the digest.
///
/// Hashing reads all weights, so a result is kept: see ``FingerprintCache``. What decides it without reading them, the
/// *recipe*, is the same digest with the place of a matrix in its file in the place of its numbers, and each file's
/// ``FileState``. A matrix that lies in no file (unpacked, or copied to align it) is hashed every time.
extension ComputationDescription {
    private static let version = "3"
    /// Numbers of a block, as far as whole rows give that.
    private static let blockCount = 1 << 20
    /// Files of more bytes in all are not kept in memory for having been hashed.
    private static let residentByteCount = 1 << 30

    /// The fingerprint in hexadecimal.
    ///
    /// - Parameters:
    ///   - files: what the matrices lie in, in a fixed order
    ///   - cache: where fingerprints are kept; `nil`: nowhere
    /// - Throws: `SafetensorsError` where a file is written while it is read.
    /// - Complexity: O(numbers) on all cores, and O(parts) where the fingerprint is known.
    public func fingerprint(of files: [MappedFile], cache: FingerprintCache?) throws(SafetensorsError) -> String {
        let began = FileState.now
        let places = FilePlaces(files)
        var known: [String: String] = [:]
        func matrixDigest(_ matrix: any DescribedMatrix, at place: String) -> String {
            if let digest = known[place] { return digest }
            let digest = digest(of: matrix, in: files)
            known[place] = digest
            return digest
        }
        let paths = files.map(\.resolvedPath)
        let recipe = digest { part, matrix in
            places.place(of: matrix.placement) ?? matrixDigest(matrix, at: "part \(part)")
        }.adding(files.map(\.state.description), paths)
        if let kept = cache?.fingerprint(of: paths, recipe: recipe) {
            try requireUnchanged(files)
            return kept
        }
        let fingerprint = digest { part, matrix in
            matrixDigest(matrix, at: places.place(of: matrix.placement) ?? "part \(part)")
        }.text
        try requireUnchanged(files)
        // Where a change in the same tick of the file system's clock could go unnoticed, nothing is kept.
        if let cache, files.allSatisfy({ $0.isUnchanged && $0.state.isSettled(at: began) }) {
            cache.keep(fingerprint, of: paths, recipe: recipe)
        }
        return fingerprint
    }

    private func requireUnchanged(_ files: [MappedFile]) throws(SafetensorsError) {
        for file in files where file.wasRewritten {
            throw SafetensorsError(file: file.path, "was written while it was read; start again when it is whole")
        }
    }

    /// SHA-256 over all parts, of a matrix what `numbers` says of it.
    private func digest(_ numbers: (_ part: Int, any DescribedMatrix) -> String) -> Digest {
        var hash = SHA256()
        hash.addSetting("kind", kind + " " + Self.version)
        for (index, part) in parts.enumerated() {
            switch part {
            case .setting(let name, let value): hash.addSetting(name, value)
            case .vector(let name, let values): hash.addVector(name, values)
            case .matrix(let name, let matrix):
                hash.addSetting(name, "[\(matrix.rowCount), \(matrix.columnCount)] \(numbers(index, matrix))")
            }
        }
        return Digest(hash: hash)
    }

    private struct Digest {
        var hash: SHA256

        var text: String { hash.finalize().hexadecimal }

        /// The digest of this and of texts more.
        func adding(_ lists: [String]...) -> String {
            var hash = hash
            for text in lists.joined() { hash.addSetting("file", text) }
            return hash.finalize().hexadecimal
        }
    }

    /// The digest of all numbers of a matrix.
    private func digest(of matrix: any DescribedMatrix, in files: [MappedFile]) -> String {
        let (rowCount, columnCount) = (matrix.rowCount, matrix.columnCount)
        let blockRows = max(1, Self.blockCount / max(1, columnCount))
        let blocks = (rowCount + blockRows - 1) / blockRows
        let digests = digestsInParallel(count: blocks) { block in
            let first = block * blockRows
            return Self.digest(of: matrix, rows: first..<min(rowCount, first + blockRows))
        }
        if files.reduce(0, { $0 + $1.bytes.count }) > Self.residentByteCount { files.forEach { $0.releasePages() } }
        var hash = SHA256()
        for digest in digests { hash.update(data: digest) }
        return hash.finalize().hexadecimal
    }

    private func digestsInParallel(count: Int, _ digest: @Sendable (Int) -> Data) -> [Data] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        // Nothing is thrown.
        return (try? mapInParallel(count: count, jobs: cores, digest)) ?? []
    }

    private static func digest(of matrix: any DescribedMatrix, rows: Range<Int>) -> Data {
        let count = rows.count * matrix.columnCount
        if let numbers = matrix.placement.floats(first: rows.lowerBound * matrix.columnCount, count: count) {
            return Data(SHA256.hash(data: numbers))
        }
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { numbers in
            if let output = numbers.baseAddress { matrix.copyRows(rows, into: output) }
            return Data(SHA256.hash(data: UnsafeRawBufferPointer(numbers)))
        }
    }
}

/// Finds which file a number lies in.
private struct FilePlaces {
    private let ranges: [(start: UInt, end: UInt)]

    init(_ files: [MappedFile]) {
        ranges = files.map { file in
            let start = UInt(bitPattern: file.bytes.baseAddress)
            return (start, start + UInt(file.bytes.count))
        }
    }

    /// The file's number, the offset in it and how numbers are read from there; `nil` for what lies in none.
    func place(of placement: NumberPlacement) -> String? {
        guard let file = ranges.firstIndex(where: { $0.start <= placement.address && placement.address < $0.end })
        else { return nil }
        return "\(file) \(placement.address - ranges[file].start) \(placement.order)"
    }
}
