import Foundation
import Testing

/// A golden model folder copied to where it may be changed; removed with its owner.
final class CopiedModel {
    let path: String

    /// Copies a folder under Golden; where it has no tokenizer, another case's comes with it.
    init(_ name: String) throws {
        let golden = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden").path
        path = NSTemporaryDirectory() + "model-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: golden + "/" + name, toPath: path)
        if !FileManager.default.fileExists(atPath: path + "/tokenizer.json") {
            for file in ["tokenizer.json", "tokenizer_config.json"] {
                try FileManager.default.copyItem(atPath: golden + "/gpt2/model/" + file, toPath: path + "/" + file)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Replaces a part of config.json that must be there once.
    func edit(_ text: String, to replacement: String) throws {
        let file = path + "/config.json"
        let before = try String(contentsOfFile: file, encoding: .utf8)
        try #require(before.components(separatedBy: text).count == 2, "\(text) is not there once")
        try before.replacingOccurrences(of: text, with: replacement).write(
            toFile: file, atomically: true, encoding: .utf8)
    }
}
