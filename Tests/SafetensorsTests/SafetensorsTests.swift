import Foundation
import Safetensors
import Testing

/// A folder that is removed with its owner.
final class TemporaryFolder {
    let path: String
    init() throws {
        path = NSTemporaryDirectory() + "safetensors-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A file with this header and data.
private func file(header: String, data: [UInt8], in folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/test.safetensors"
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: data)
    try bytes.write(to: URL(fileURLWithPath: path))
    return path
}

@Suite struct `safetensors files` {
    @Test func `arrays written are read back`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/round.safetensors"
        var writer = SafetensorsWriter()
        writer.add("a", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
        writer.add("b", shape: [2], integers: [7, -8])
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(try file.matrix("a", shape: [2, 3]).matrix().values == [1, 2, 3, 4, 5, 6])
        #expect(file.tensors["b"]?.type == "I32")
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "expected 8 bytes for F32 [2], found 4"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "runs past the end of the file"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "expected data_offsets"),
        (#"{"a":{"dtype":"X9","shape":[1],"data_offsets":[0,4]}}"#, "unknown dtype X9"),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "expected {dtype, shape, data_offsets}"),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, "too large"),
        (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[1,5]}}"#, "runs past"),
        (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}"#, "overlap or leave a hole"),
        (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, " bytes, found "),
        (
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
            "overlap"
        ),
        (#"{"__metadata__":{"x":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, "__metadata__"),
        (#"[]"#, "no JSON object"),
    ])
    func `a wrong header is refused with the place`(header: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try file(header: header, data: [0, 0, 0, 0], in: folder)
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a missing, empty or truncated file is refused by name`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/x.safetensors"
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
        for bytes in [Data(), Data([1, 2, 3]), Data([255, 255, 255, 255, 255, 255, 255, 127])] {
            try bytes.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
            #expect(error?.description.hasPrefix(path) == true)
        }
    }

    @Test func `another shape or type is refused with both`() throws {
        let folder = try TemporaryFolder()
        let header = #"{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}"#
        let opened = try SafetensorsFile(path: file(header: header, data: [0, 0, 0, 0], in: folder))
        let shape = #expect(throws: SafetensorsError.self) { try opened.matrix("a", shape: [2, 1]) }
        #expect(shape?.description.contains("expected shape [2, 1], found [1]") == true)
        let type = #expect(throws: SafetensorsError.self) { try opened.matrix("a", shape: [1]) }
        #expect(type?.description.contains("expected F64, F32, F16 or BF16, found I32") == true)
    }

    @Test func `data that is not aligned is read all the same`() throws {
        let folder = try TemporaryFolder()
        var header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        while (8 + header.utf8.count) % 4 != 1 { header += " " }
        let data = [Float(1.5), -2].withUnsafeBytes { [UInt8]($0) }
        let opened = try SafetensorsFile(path: file(header: header, data: data, in: folder))
        #expect(try opened.vector("a", count: 2) == [1.5, -2])
    }

    @Test func `mutated files give an error or tensors inside the file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/seed.safetensors"
        var writer = SafetensorsWriter()
        writer.add("first", shape: [3, 4], floats: (0..<12).map(Float.init))
        writer.add("second", shape: [5], integers: [1, 2, 3, 4, 5])
        try writer.write(to: path)
        let seed = try Data(contentsOf: URL(fileURLWithPath: path))
        var state: UInt64 = 12345
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<10_000 {
            var bytes = seed
            for _ in 0...random(4) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes = bytes.prefix(random(bytes.count) + 1)
                default: bytes.insert(UInt8(random(256)), at: random(bytes.count))
                }
            }
            // A new file each time: some file systems flush one that is written over.
            try FileManager.default.removeItem(atPath: path)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            guard let opened = try? SafetensorsFile(path: path) else { continue }
            for (name, tensor) in opened.tensors {
                #expect(tensor.byteRange.upperBound <= bytes.count)
                _ = try? opened.matrix(name, shape: tensor.shape).matrix()
            }
        }
    }
}
