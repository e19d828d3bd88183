import Compression
import Safetensors
import Tensors

/// A `.npz` file: a zip archive of NumPy arrays.
///
/// Arrays that are stored stay in the mapping; those that are deflated are unpacked, and checked, when they are asked
/// for.
struct NumpyArchive: Sendable {
    /// Where the file lies, as it was given.
    let path: String
    /// The archive's entries by the names of their arrays, without `.npy`.
    let entries: [String: ZipDirectory.Entry]
    private let archive: ArchiveBytes

    private static let suffix = ".npy"

    /// Maps the file and reads its directory.
    ///
    /// - Throws: `TranscoderError` with the file, the entry, what was expected and found.
    init(path: String) throws(TranscoderError) {
        self.path = path
        archive = try ArchiveBytes(path: path)
        var entries: [String: ZipDirectory.Entry] = [:]
        for entry in try ZipDirectory(archive).entries where entry.name.hasSuffix(Self.suffix) {
            entries[String(entry.name.dropLast(Self.suffix.count))] = entry
        }
        self.entries = entries
    }

    /// One array: its header, the bytes of its file, and who keeps them alive.
    private typealias Contents = (header: NumpyHeader, bytes: UnsafeRawBufferPointer, owner: AnyObject)

    private func array(_ name: String) throws(TranscoderError) -> Contents {
        guard let entry = entries[name] else {
            throw TranscoderError(file: path, "array \(name) is missing; the file holds \(entries.count) others")
        }
        let packed = UnsafeRawBufferPointer(rebasing: archive.bytes[entry.byteRange])
        let (bytes, owner): (UnsafeRawBufferPointer, AnyObject)
        switch entry.packing {
        case .stored: (bytes, owner) = (packed, archive)
        case .deflated:
            let unpacked = try unpack(packed, entry: entry, name: name)
            (bytes, owner) = (UnsafeRawBufferPointer(unpacked.bytes), unpacked)
        }
        do {
            return (try NumpyHeader(bytes), bytes, owner)
        } catch {
            throw TranscoderError(file: path, place: name, error.reason)
        }
    }

    private func unpack(_ packed: UnsafeRawBufferPointer, entry: ZipDirectory.Entry, name: String)
        throws(TranscoderError) -> UnpackedBytes
    {
        func fail(_ reason: String) -> TranscoderError { TranscoderError(file: path, place: name, reason) }
        // Asked before any memory is: no deflated data gives more.
        guard entry.byteCount / Inflation.largestRatio <= packed.count else {
            throw fail("\(packed.count) deflated bytes cannot give the \(entry.byteCount) that the archive says")
        }
        let unpacked = UnpackedBytes(count: entry.byteCount)
        do throws(Inflation.Fault) {
            try Inflation.unpack(packed, into: unpacked.bytes)
        } catch {
            switch error {
            case .tooLong: throw fail("the deflated data gives more bytes than the archive says")
            case .tooShort: throw fail("the deflated data gives fewer bytes than the archive says")
            case .malformed(let words): throw fail("the deflated data is damaged: \(words)")
            }
        }
        guard Checksum.of(UnsafeRawBufferPointer(unpacked.bytes)) == entry.checksum else {
            throw fail("is damaged: its checksum is not the archive's")
        }
        return unpacked
    }
}

extension NumpyArchive: WeightFile {
    var file: MappedFile { archive.file }

    var names: Set<String> { Set(entries.keys) }

    func shape(of name: String) throws(TranscoderError) -> [Int] { try array(name).header.shape }

    func matrix(_ name: String, shape: [Int]) throws(TranscoderError) -> WeightMatrix {
        let (header, bytes, owner) = try array(name)
        guard header.shape == shape else {
            throw TranscoderError(file: path, place: name, "expected shape \(shape), found \(header.shape)")
        }
        precondition(shape.count <= 2, "arrays of more dimensions are in no npz set")
        let columnCount = shape.last ?? 1
        let rowCount = shape.count == 2 ? shape[0] : 1
        guard let base = bytes.baseAddress else { preconditionFailure("a header was read from no bytes") }
        let start = base + header.dataStart
        // The first index running fastest makes it the transpose of what is stored.
        let isTransposed = header.isColumnMajor && shape.count == 2
        let (rows, columns) = isTransposed ? (columnCount, rowCount) : (rowCount, columnCount)
        let matrix: WeightMatrix
        if Int(bitPattern: start) % header.elementType.byteCount == 0 {
            matrix = WeightMatrix(
                StoredMatrix(
                    rowCount: rows, columnCount: columns, elementType: header.elementType, base: start, owner: owner))
        } else {
            matrix = WeightMatrix(
                UnalignedNumbers(count: rows * columns, elementType: header.elementType, base: start, owner: owner),
                rowCount: rows, columnCount: columns)
        }
        return isTransposed ? matrix.transposed : matrix
    }

    func region(of name: String) -> MappedRegion? {
        guard let entry = entries[name], entry.packing == .stored else { return nil }
        return MappedRegion(UnsafeRawBufferPointer(rebasing: archive.bytes[entry.byteRange]), owner: archive)
    }
}

/// Unpacked bytes that are freed with their last user.
///
/// `@unchecked Sendable`: written once, before they are shared.
private final class UnpackedBytes: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { bytes = .allocate(byteCount: max(1, count), alignment: 64).rebased(to: count) }

    deinit { bytes.deallocate() }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func rebased(to count: Int) -> Self { Self(start: baseAddress, count: count) }
}
