import Foundation
import Safetensors
import Testing

/// Headers that look right and are not, and large ones.
@Suite struct `safetensors headers` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ header: String, byteCount: Int) throws -> SafetensorsFile {
        let path = folder.path + "/a.safetensors"
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        bytes.append(contentsOf: header.utf8)
        bytes.append(Data(count: byteCount))
        try bytes.write(to: URL(fileURLWithPath: path))
        return try SafetensorsFile(path: path)
    }

    @Test(arguments: [
        #"{"a": {"dtype": "F32", "shape": [true], "data_offsets": [0, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": ["1"], "data_offsets": [0, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [false, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": [1], "shape": [2], "data_offsets": [0, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": [9223372036854775807, 2], "data_offsets": [0, 4]}}"#,
        #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#,
        #"{"__metadata__": {"a": 1}, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#,
        "[1]", "{", "",
    ])
    func `what is no whole number, or is there twice, is refused in one line`(header: String) throws {
        #expect { try open(header, byteCount: 4) } throws: { $0 is SafetensorsError && !"\($0)".contains("\n") }
    }

    @Test(arguments: [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E4M3", 1), ("F8_E5M2", 1), ("U16", 2), ("I16", 2), ("F16", 2),
        ("BF16", 2), ("U32", 4), ("I32", 4), ("F32", 4), ("U64", 8), ("I64", 8), ("F64", 8),
    ])
    func `a number takes the bytes that the format gives its type`(type: String, byteCount: Int) throws {
        func header(_ end: Int) -> String {
            #"{"a": {"dtype": "\#(type)", "shape": [3], "data_offsets": [0, \#(end)]}}"#
        }
        let file = try open(header(3 * byteCount), byteCount: 3 * byteCount)
        #expect(file.tensors["a"]?.byteRange.count == 3 * byteCount)
        #expect(throws: SafetensorsError.self) { try open(header(3 * byteCount + 3), byteCount: 3 * byteCount + 3) }
    }

    @Test func `data begin at a multiple of eight bytes, whatever the names' lengths`() throws {
        for length in 1...8 {
            let path = folder.path + "/\(length).safetensors"
            var writer = SafetensorsWriter()
            writer.add(String(repeating: "n", count: length), shape: [2], floats: [1, 2])
            try writer.write(to: path)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let headerCount = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
            #expect(headerCount % 8 == 0 && bytes.count == 8 + headerCount + 8)
        }
    }

    @Test func `tens of thousands of tensors are read, one at a time`() throws {
        let count = 30_000
        let entries = (0..<count).map {
            "\"model.layers.\($0).weight\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\($0),\($0 + 1)]}"
        }
        #expect(try open("{" + entries.joined(separator: ",") + "}", byteCount: count).tensors.count == count)
    }
}
