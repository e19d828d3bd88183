import Files
import Foundation

/// Writes named arrays as one safetensors file.
///
///     var writer = SafetensorsWriter()
///     writer.add("logits", shape: [2, 3], floats: values)
///     try writer.write(to: "out.safetensors")
public struct SafetensorsWriter: Sendable {
    private var entries: [(name: String, type: String, shape: [Int], bytes: Data)] = []

    /// Free text by name, which readers of the format hand on.
    public var metadata: [String: String] = [:]

    /// Starts without arrays.
    public init() {}

    /// Adds an F32 array; `floats.count` is the product of `shape`.
    public mutating func add(_ name: String, shape: [Int], floats: [Float]) {
        precondition(floats.count == shape.reduce(1, *), "\(name): \(floats.count) numbers for \(shape)")
        entries.append((name, "F32", shape, floats.withUnsafeBytes { Data($0) }))
    }

    /// Adds an I32 array; `integers.count` is the product of `shape`.
    public mutating func add(_ name: String, shape: [Int], integers: [Int]) {
        precondition(integers.count == shape.reduce(1, *), "\(name): \(integers.count) numbers for \(shape)")
        entries.append((name, "I32", shape, integers.map(Int32.init).withUnsafeBytes { Data($0) }))
    }

    /// Adds a BOOL array; `flags.count` is the product of `shape`.
    public mutating func add(_ name: String, shape: [Int], flags: [Bool]) {
        precondition(flags.count == shape.reduce(1, *), "\(name): \(flags.count) flags for \(shape)")
        entries.append((name, "BOOL", shape, Data(flags.map { $0 ? 1 : 0 })))
    }

    /// Adds bytes, as a U8 array.
    public mutating func add(_ name: String, bytes: Data) { entries.append((name, "U8", [bytes.count], bytes)) }

    /// Adds an F32 array that stays where it is.
    ///
    /// - Parameter floats: as many as the product of `shape`; they must stay there, unchanged, until the file is written
    public mutating func add(_ name: String, shape: [Int], viewing floats: UnsafeMutablePointer<Float>) {
        let count = shape.reduce(4, *)
        entries.append((name, "F32", shape, Data(bytesNoCopy: floats, count: count, deallocator: .none)))
    }

    /// Writes the file in one step: a reader never sees half of it.
    ///
    /// - Throws: `SafetensorsError` when the file cannot be written.
    public func write(to path: String) throws(SafetensorsError) {
        var header: [String: Any] = [:]
        if !metadata.isEmpty { header["__metadata__"] = metadata }
        var offset = 0
        for entry in entries {
            header[entry.name] = [
                "dtype": entry.type, "shape": entry.shape, "data_offsets": [offset, offset + entry.bytes.count],
            ]
            offset += entry.bytes.count
        }
        do {
            var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
            json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))
            var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
            file.append(json)
            try AtomicFile.write([file] + entries.map(\.bytes), to: path)
        } catch let error as FileError {
            throw SafetensorsError(file: path, "cannot be written: \(error.reason)")
        } catch {
            throw SafetensorsError(file: path, "cannot be written: \(error.localizedDescription)")
        }
    }
}
