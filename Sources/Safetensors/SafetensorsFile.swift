import Foundation
import Tensors
import Texts

/// A mapped safetensors file: a header that was checked field by field, and tensors that are views of the mapping.
///
/// Format: 8 bytes little-endian header length, that many bytes of JSON (`name: {dtype, shape, data_offsets}`), data.
public final class SafetensorsFile: Sendable {
    /// One tensor's entry in the header.
    public struct Tensor: Sendable, Equatable {
        /// The type as it is written, for example `F32`.
        public let type: String
        /// The dimensions.
        public let shape: [Int]
        /// Where the bytes lie, from the file's start.
        public let byteRange: Range<Int>
    }

    /// Where the file lies, as it was given.
    public let path: String
    /// The tensors by name.
    public let tensors: [String: Tensor]
    /// Free text by name, from the header's `__metadata__`.
    public let metadata: [String: String]
    /// The mapping that the tensors lie in.
    public let file: MappedFile

    /// The longest header that the format's own library accepts.
    private static let headerLimit = 100_000_000

    /// Maps the file and checks its header: every type, shape and offset, no hole and no overlap.
    ///
    /// - Throws: `SafetensorsError` with the file, the tensor, what was expected and what was found.
    public init(path: String) throws(SafetensorsError) {
        self.path = path
        file = try MappedFile(path: path)
        let bytes = file.bytes
        if LargeFilePointer.isOne(bytes) { throw SafetensorsError(file: path, LargeFilePointer.advice) }
        guard bytes.count >= 8 else {
            throw SafetensorsError(file: path, "expected a header length of 8 bytes, found a file of \(bytes.count)")
        }
        let length = bytes.loadUnaligned(as: UInt64.self).littleEndian
        guard length <= UInt64(Self.headerLimit), Int(length) <= bytes.count - 8 else {
            throw SafetensorsError(
                file: path, "header of \(length) bytes does not fit in the file of \(bytes.count) bytes: truncated?")
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
        (tensors, metadata) = try Self.parse(
            header: header.assumingMemoryBound(to: UInt8.self), path: path, dataStart: 8 + Int(length),
            fileSize: bytes.count)
    }

    /// The bytes of one tensor.
    public func bytes(of tensor: Tensor) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange])
    }

    /// The header's entry of `name`.
    ///
    /// - Throws: `SafetensorsError` that names the tensor when there is none.
    public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
        guard let tensor = tensors[name] else {
            throw SafetensorsError(file: path, "tensor \(name) is missing; the file holds \(tensors.count) others")
        }
        return tensor
    }

    /// A matrix that stays in the mapping, as it is stored.
    ///
    /// - Parameters:
    ///   - name: the tensor
    ///   - shape: what it must have; dimensions before the last are folded into rows
    /// - Throws: `SafetensorsError` when it is missing, has another shape, or is not F64, F32, F16 or BF16.
    public func matrix(_ name: String, shape: [Int]) throws(SafetensorsError) -> StoredMatrix {
        let tensor = try tensor(name)
        guard tensor.shape == shape else {
            throw SafetensorsError(file: path, place: name, "expected shape \(shape), found \(tensor.shape)")
        }
        guard let elementType = ElementType(rawValue: tensor.type) else {
            throw SafetensorsError(file: path, place: name, "expected F64, F32, F16 or BF16, found \(tensor.type)")
        }
        let columnCount = shape.last ?? 1
        let rowCount = shape.dropLast().reduce(1, *)
        let raw = bytes(of: tensor)
        if let base = raw.baseAddress, Int(bitPattern: base) % elementType.byteCount == 0 {
            return StoredMatrix(
                rowCount: rowCount, columnCount: columnCount, elementType: elementType, base: base, owner: file)
        }
        // A header whose length is no multiple of the number's size leaves the data unaligned: rare, so copied.
        return StoredMatrix(
            Matrix(rowCount: rowCount, columnCount: columnCount, values: Self.converted(raw, as: elementType)))
    }

    /// A vector as Float32.
    ///
    /// - Throws: as `matrix(_:shape:)`, and when a number is NaN or infinite.
    public func vector(_ name: String, count: Int) throws(SafetensorsError) -> [Float] {
        let values = try matrix(name, shape: [count]).matrix().values
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw SafetensorsError(
                file: path, place: name, "expected finite numbers, found \(values[index]) at [\(index)]")
        }
        return values
    }

    /// What is wrong with the numbers of a tensor, if anything is: one that is NaN or infinite. Reads it once.
    ///
    /// - Returns: `nil` also for a tensor that holds no floating-point numbers
    public func fault(inNumbersOf name: String) -> SafetensorsError? {
        guard let tensor = tensors[name], ElementType(rawValue: tensor.type) != nil,
            let matrix = try? matrix(name, shape: tensor.shape), matrix.rowCount > 0, matrix.columnCount > 0,
            let place = matrix.firstNonFinite
        else { return nil }
        var index = place.row * matrix.columnCount + place.column
        let value = matrix.row(place.row)[place.column]
        let indices = tensor.shape.reversed().map { size in
            defer { index /= size }
            return index % size
        }
        return SafetensorsError(
            file: path, place: name, "expected finite numbers, found \(value) at \(Array(indices.reversed()))")
    }

    /// Copies unaligned numbers to Float32.
    private static func converted(_ raw: UnsafeRawBufferPointer, as elementType: ElementType) -> [Float] {
        let count = raw.count / elementType.byteCount
        let aligned = [UInt64](unsafeUninitializedCapacity: raw.count / 8 + 1) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
            initialized = raw.count / 8 + 1
        }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            aligned.withUnsafeBytes { source in
                if let source = source.baseAddress, let output = buffer.baseAddress {
                    elementType.convert(source, into: output, count: count)
                }
            }
            initialized = count
        }
    }
}
