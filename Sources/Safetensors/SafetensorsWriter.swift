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
            for entry in entries { file.append(entry.bytes) }
            try AtomicFile.write(file, to: path)
        } catch let error as FileError {
            throw SafetensorsError(file: path, "cannot be written: \(error.reason)")
        } catch {
            throw SafetensorsError(file: path, "cannot be written: \(error.localizedDescription)")
        }
    }
}
