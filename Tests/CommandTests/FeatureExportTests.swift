import CZlib
import Foundation
import Testing

/// `atlas export features`: both forms of the folder say the same.
@Suite struct `features for viewers of graphs` {
    private let folder: TemporaryFolder
    private let out: String

    init() throws {
        folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 1500)
        let atlas = folder.path + "/whole.atlas"
        out = folder.path + "/feat"
        #expect(try Program.run(demo.arguments(atlas: atlas) + ["--no-effects"]).status == 0)
        let outcome = try Program.run([
            "export", "features", "--features", "5/283,0/228", "--atlas", atlas, "--output", out, "--quiet",
        ])
        #expect(outcome.status == 0 && outcome.output.contains("2 features"), "\(outcome.error)")
        let none = try Program.run(["export", "features", "--features", "9/1", "--atlas", atlas, "--output", out])
        #expect(none.status == 1 && none.error.contains("there is no feature 9/1"))
    }

    /// Undoes zlib or gzip.
    private func inflated(_ data: Data) throws -> Data {
        var stream = z_stream()
        #expect(inflateInit2_(&stream, 47, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { inflateEnd(&stream) }
        var output = Data(count: 1 << 20)
        let status = data.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        #expect(status == Z_STREAM_END)
        return output.prefix(Int(stream.total_out))
    }

    @Test func `a range of a layer's bytes is the plain file of the feature`() throws {
        let index = try JSONSerialization.jsonObject(
            with: inflated(Data(contentsOf: URL(fileURLWithPath: out + "/features/index.json.gz"))))
        let layers = try #require(index as? [[String: Any]])
        #expect(layers.count == 6)
        // Numbers pair layer and index.
        for (layer, feature, number) in [(5, 283, 41_899), (0, 228, 26_334)] {
            let offsets = try #require(layers[layer]["offsets"] as? [Int])
            #expect(offsets.count == 513 && offsets[0] == 0)
            let name = try #require(layers[layer]["filename"] as? String)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: out + "/features/" + name))
            let range = bytes[offsets[feature]..<offsets[feature + 1]]
            let length = range.prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
            #expect(length == range.count - 4)
            let plain = try Data(contentsOf: URL(fileURLWithPath: out + "/\(number).json"))
            #expect(try inflated(Data(range.dropFirst(4))) == plain)
            #expect(offsets[feature] == 0 && offsets[512] == bytes.count)
        }
    }

    @Test func `a bundle has a folder for each layer, and a place that is a file is told in a line`() throws {
        let bundle = folder.path + "/bundle"
        func export(to place: String, _ more: String...) throws -> Program.Outcome {
            try Program.run(
                ["export", "bundle", "--features", "5/283,0/228", "--atlas", folder.path + "/whole.atlas", "--quiet"]
                    + ["--output", place] + more)
        }
        let outcome = try export(to: bundle, "--model-id", "demo", "--source-set", "clt")
        #expect(outcome.status == 0 && outcome.output.contains("2 features"), "\(outcome.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: bundle + "/demo").sorted() == ["0-clt", "5-clt"])
        let batch = URL(fileURLWithPath: bundle + "/demo/5-clt/features/batch-0.jsonl.gz")
        let line = try JSONSerialization.jsonObject(with: inflated(Data(contentsOf: batch))) as? [String: Any]
        #expect(line?["index"] as? String == "283" && (line?["pos_str"] as? [String])?.first == " Austin")
        let taken = try export(to: folder.file("taken", ""))
        #expect(taken.status == 1 && taken.error.contains("Not a directory"), "\(taken.error)")
        let outside = try export(to: bundle, "--model-id", "..")
        #expect(outside.status == 1 && outside.error.contains("--model-id"), "\(outside.error)")
    }

    @Test func `a file has every field that viewers draw`() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: out + "/41899.json"))
        let file = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(file["index"] as? Int == 283)
        #expect((file["top_logits"] as? [String])?.first == " Austin")
        #expect((file["histogram"] as? [Int])?.count == 50)
        let quantiles = try #require(file["quantile_values"] as? [Double])
        let maximum = try #require(file["act_max"] as? Double)
        #expect(quantiles.count == 100 && quantiles == quantiles.sorted() && abs(quantiles[99] - maximum) < 1e-9)
        let groups = try #require(file["examples_quantiles"] as? [[String: Any]])
        #expect(groups.count > 1)
        for group in groups {
            let examples = try #require(group["examples"] as? [[String: Any]])
            #expect(!examples.isEmpty)
            for example in examples {
                let tokens = try #require(example["tokens"] as? [String])
                let activations = try #require(example["tokens_acts_list"] as? [Double])
                let strongest = try #require(example["train_token_ind"] as? Int)
                #expect(tokens.count == activations.count && activations[strongest] == activations.max())
            }
        }
    }
}
