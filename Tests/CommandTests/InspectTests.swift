import DemoData
import Foundation
import Safetensors
import Testing

@Suite struct `the inspect command` {
    private func inspection(_ arguments: [String]) throws -> [String: Any] {
        let outcome = try Program.run(["inspect"] + arguments + ["--json"])
        #expect(outcome.status == 0, "\(outcome.error)")
        return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `a model's folder is described as its configuration and weights have it`() throws {
        let found = try inspection([DemoData().model])
        #expect(found["is"] as? String == "language model")
        #expect(found["architecture"] as? String == "LlamaForCausalLM")
        #expect(found["layerCount"] as? Int == 6 && found["modelWidth"] as? Int == 128)
        #expect(found["contextLength"] as? Int == 256 && found["vocabularySize"] as? Int == 1536)
        let parameters = try #require(found["parameters"] as? [[String: Any]])
        #expect(parameters.count == 1 && parameters[0]["type"] as? String == "F32")
        #expect((found["fingerprint"] as? String)?.count == 64)
    }

    @Test func `a scan reads every weight and names the first that is no number`() throws {
        let data = try DemoData()
        #expect(try inspection([data.model, "--scan"])["isFinite"] as? Bool == true)
        let folder = try TemporaryFolder()
        let copy = folder.path + "/transcoders"
        try FileManager.default.copyItem(atPath: data.transcoders, toPath: copy)
        #expect(try Program.run(["inspect", copy, "--scan"]).output.hasSuffix("scanned: every number is finite\n"))
        let path = copy + "/W_dec_4.safetensors"
        let file = try SafetensorsFile(path: path)
        try #require(file.tensor("W_dec_4").type == "F32")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // The last number of the last row becomes NaN.
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try Program.run(["inspect", copy]).status == 0)
        let outcome = try Program.run(["inspect", copy, "--scan"])
        #expect(
            outcome.status == 1 && outcome.error.contains("W_dec_4: expected finite numbers, found nan in the decoder"))
    }

    @Test func `a transcoder folder is described with and without its model`() throws {
        let data = try DemoData()
        for arguments in [[data.transcoders], [data.transcoders, "--model", data.model]] {
            let found = try inspection(arguments)
            #expect(found["is"] as? String == "transcoders" && found["kind"] as? String == "cross-layer")
            #expect(found["layerCount"] as? Int == 6)
            #expect(found["featureCounts"] as? [Int] == [Int](repeating: 512, count: 6))
            #expect(found["inputHook"] as? String == "mlp.hook_in" && found["outputHook"] as? String == "mlp.hook_out")
            #expect(found["activations"] as? [String] == ["JumpReLU"] && found["hasSkip"] as? Bool == false)
        }
    }

    @Test func `an atlas is described as info describes it`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 600)
        let atlas = folder.path + "/small.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
        var found = try inspection([atlas])
        #expect(found.removeValue(forKey: "is") as? String == "atlas")
        let info = try Program.run(["info", atlas, "--json"])
        let expected = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? NSDictionary
        #expect(found as NSDictionary == expected)
    }

    @Test func `a weight file's tensors are listed`() throws {
        let found = try inspection([DemoData().transcoders + "/W_enc_0.safetensors"])
        let tensors = try #require(found["tensors"] as? [[String: Any]])
        #expect(tensors.map { $0["name"] as? String } == ["W_enc_0", "b_dec_0", "b_enc_0", "threshold_0"])
        #expect(tensors[0]["shape"] as? [Int] == [512, 128] && tensors[0]["byteCount"] as? Int == 262_144)
    }

    @Test func `anything else gets one line that says what was expected`() throws {
        let folder = try TemporaryFolder()
        let notes = try folder.file("notes.txt", "my notes")
        let empty = try folder.file("empty.atlas", "")
        let cases = [
            (notes, "expected an atlas or .safetensors weights"), (empty, "expected an atlas"),
            (folder.path, "expected config.json"), (folder.path + "/none", "found nothing"),
        ]
        for (path, reason) in cases {
            let outcome = try Program.run(["inspect", path])
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.error.split(separator: "\n").count == 1)
            #expect(outcome.error.contains(path) && outcome.error.contains(reason), "\(outcome.error)")
        }
    }

    @Test func `transcoders without encoders beside their configuration ask for the model`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("config.yaml", "model_kind: transcoder_set\n")
        let outcome = try Program.run(["inspect", folder.path])
        #expect(outcome.status == 1 && outcome.error.contains("give --model"), "\(outcome.error)")
    }
}
