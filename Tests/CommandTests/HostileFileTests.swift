import Foundation
import Testing

/// What is no file, changes while it is read, or only looks like what it was.
@Suite struct `hostile files on the command line` {
    private let folder: TemporaryFolder
    private let demo: SmallDemo
    private var model: String { folder.path + "/model" }
    private var transcoders: String { folder.path + "/transcoders" }
    private var atlas: String { folder.path + "/hostile.atlas" }

    init() throws {
        folder = try TemporaryFolder()
        demo = try SmallDemo(in: folder, every: 600)
        try FileManager.default.copyItem(atPath: demo.data.model, toPath: model)
        try FileManager.default.copyItem(atPath: demo.data.transcoders, toPath: transcoders)
    }

    private func index(_ corpus: String? = nil) throws -> Program.Outcome {
        try Program.run([
            "index", corpus ?? demo.corpus, "--model", model, "--transcoders", transcoders, "--atlas", atlas, "--quiet",
        ])
    }

    private func expectOneLine(
        _ outcome: Program.Outcome, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == 1, "\(outcome.error)", sourceLocation: sourceLocation)
        #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)", sourceLocation: sourceLocation)
        for part in parts { #expect(outcome.error.contains(part), "\(outcome.error)", sourceLocation: sourceLocation) }
    }

    /// Sets the rows of the first encoder to zero that samples of 1,024 numbers do not see.
    private func zeroMostOfAnEncoder() throws {
        let url = URL(fileURLWithPath: transcoders + "/W_enc_0.safetensors")
        var bytes = try Data(contentsOf: url)
        let header = 8 + Int(bytes.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        let fields = try #require(
            JSONSerialization.jsonObject(with: bytes[8..<header]) as? [String: [String: Any]])
        let encoder = try #require(fields.first { ($0.value["shape"] as? [Int])?.count == 2 }).value
        let shape = try #require(encoder["shape"] as? [Int])
        let offsets = try #require(encoder["data_offsets"] as? [Int])
        let rowBytes = (offsets[1] - offsets[0]) / shape[0]
        let sampled = max(1, 1024 / shape[1])
        let last = shape[0] - sampled
        for row in 0..<shape[0]
        where ![0, last / 2, last].contains(where: { ($0..<$0 + sampled).contains(row) }) {
            let start = header + offsets[0] + row * rowBytes
            bytes.replaceSubrange(start..<start + rowBytes, with: Data(count: rowBytes))
        }
        try bytes.write(to: url)
    }

    @Test func `transcoders with most encoder rows zeroed are others`() throws {
        #expect(try index().status == 0)
        try zeroMostOfAnEncoder()
        let outcome = try index()
        expectOneLine(outcome, "hostile.atlas", "transcoder fingerprint", "expected", "found")
    }

    @Test(arguments: [
        "model/config.json", "model/tokenizer.json", "model/model.safetensors", "transcoders/config.yaml",
    ])
    func `a pipe in the place of a file is refused at once`(file: String) throws {
        let path = folder.path + "/" + file
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        expectOneLine(try index(), "regular file")
    }

    @Test func `a device is no corpus, and no model`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/endless.txt", withDestinationPath: "/dev/zero")
        expectOneLine(try index(folder.path + "/endless.txt"), "expected a file or a pipe, found a device")
        expectOneLine(try Program.run(["info", "/dev/zero"]), "expected an atlas", "found a device")
        expectOneLine(try Program.run(["inspect", "/dev/zero"]), "found a device")
    }

    @Test func `a corpus with a million columns is refused in a line`() throws {
        let corpus = try folder.file("wide.csv", "text" + String(repeating: ",c", count: 1_000_000) + "\n")
        expectOneLine(try index(corpus), "wide.csv", "expected at most 10000 columns, found 1000001")
    }

    @Test(arguments: ["true", "1.5", "\"6\"", "-1", "1e99", "9223372036854775807"])
    func `what is no whole number is no number of layers`(value: String) throws {
        let path = model + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacing(
            try Regex("\"num_hidden_layers\": *[0-9]+"), with: "\"num_hidden_layers\": \(value)")
        #expect(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        expectOneLine(try index(), "config.json", "num_hidden_layers", "expected a whole number")
    }

    @Test func `a name with control characters is refused before the corpus is run`() throws {
        let outcome = try Program.run([
            "index", demo.corpus, "--model", model, "--transcoders", transcoders, "--atlas", atlas, "--quiet", "--name",
            "two\nlines",
        ])
        expectOneLine(outcome, "corpus", "control characters")
        #expect(!FileManager.default.fileExists(atPath: atlas))
    }
}
