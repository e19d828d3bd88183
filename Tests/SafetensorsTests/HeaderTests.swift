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

    @Test func `tens of thousands of tensors are read, one at a time`() throws {
        let count = 30_000
        let entries = (0..<count).map {
            "\"model.layers.\($0).weight\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\($0),\($0 + 1)]}"
        }
        #expect(try open("{" + entries.joined(separator: ",") + "}", byteCount: count).tensors.count == count)
    }
}
