import Foundation
import Safetensors
import Testing

/// A mapped file that is cut under its readers.
@Suite struct `files that are cut while they are mapped` {
    @Test func `one line names the file, and the process ends with status 1`() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
        ) {
            let path = NSTemporaryDirectory() + "cut-\(UUID().uuidString).safetensors"
            defer { try? FileManager.default.removeItem(atPath: path) }
            var writer = SafetensorsWriter()
            writer.add("w", shape: [1 << 20], floats: [Float](repeating: 1, count: 1 << 20))
            try writer.write(to: path)
            let file = try SafetensorsFile(path: path)
            let other = try SafetensorsFile(path: path)
            MappedFile.explainLostFiles()
            truncate(path, 1 << 20)
            withExtendedLifetime(other) {
                _ = try? file.matrix("w", shape: [1 << 20]).matrix().values.reduce(0, +)
            }
        }
        let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("Error: ") && lines[0].contains("cut-"), "\(lines)")
    }
}
