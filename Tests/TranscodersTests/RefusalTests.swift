import Foundation
import Safetensors
import Testing

@testable import Transcoders

/// Sets that cannot be used, and what the user is told.
@Suite struct `refused transcoder sets` {
    /// Expects that loading fails with a line that holds all of `parts`.
    private func expectRefusal(_ scratch: ScratchSet, _ parts: String...) {
        let line = scratch.refusal() ?? "nothing was refused"
        for part in parts { #expect(line.contains(part), "\(line)") }
    }

    @Test(arguments: [
        (
            "mlp.hook_in", "mlp.hook_inn",
            "feature_input_hook: expected one of hook_resid_mid, ln2.hook_normalized, mlp.hook_in"
        ),
        ("hook_mlp_out", "7", "feature_output_hook: expected one of mlp.hook_out, hook_mlp_out, found \"7\""),
        (
            "transcoder_set", "[transcoder_set]",
            "model_kind: expected transcoder_set or cross_layer_transcoder, found a list"
        ),
        ("topk", "gelu", "activation: expected relu or topk, found \"gelu\""),
        ("k: 25", "k: 0", "k: expected how many features topk keeps, at least 1, found \"0\""),
        ("k: 25", "k: many", "k: expected how many features topk keeps, at least 1, found \"many\""),
        ("k: 25", "k: 41", "expected at least the 41 features that config.yaml keeps (k), found 40"),
        ("k: 25", "transcoders: [a]\nk: 25", "transcoders: expected 3 files, one a layer of the model, found 1"),
        ("k: 25", "transcoders: a\nk: 25", "transcoders: expected a list of file names, found \"a\""),
        ("k: 25", "transcoders: [a, [b], c]\nk: 25", "transcoders: expected a list of file names, found a list"),
        (
            "k: 25", "transcoders: ['s3://a/b', b, c]\nk: 25",
            "expected files beside config.yaml or hf://owner/name/path"
        ),
        ("k: 25", "transcoders: ['hf://a/b', b, c]\nk: 25", "expected hf://owner/name/path, found hf://a/b"),
        ("k: 25", "transcoders: ['hf://a/../b', b, c]\nk: 25", "expected hf://owner/name/path, found hf://a/../b"),
    ])
    func `a wrong field of config.yaml is named`(field: String, replacement: String, reason: String) throws {
        let scratch = try ScratchSet(copying: "plt_topk")
        try scratch.configure { $0.replacingOccurrences(of: field, with: replacement) }
        expectRefusal(scratch, scratch.path, reason)
    }

    @Test func `thresholds beside TopK are refused`() throws {
        let scratch = try ScratchSet(copying: "plt_jumprelu_skip")
        try scratch.configure { $0 + "activation: topk\nk: 3\n" }
        expectRefusal(scratch, "layer_0.safetensors: activation_function.threshold", "activation: topk")
    }

    @Test func `arrays that a per-layer set does not know are refused`() throws {
        let scratch = try ScratchSet(copying: "plt_relu")
        var writer = SafetensorsWriter()
        for (name, shape) in [("W_enc", [40, 6]), ("W_dec", [40, 6]), ("b_enc", [40]), ("b_dec", [6])] {
            writer.add(name, shape: shape, floats: [Float](repeating: 0, count: shape.reduce(1, *)))
        }
        writer.add("log_thresholds", shape: [40], floats: [Float](repeating: 0, count: 40))
        try writer.write(to: scratch.path + "/layer_1.safetensors")
        expectRefusal(scratch, "layer_1.safetensors: log_thresholds")
    }

    @Test func `a set with one layer more than the model is refused`() throws {
        for (name, file) in [("plt_relu", "layer_3.safetensors"), ("clt_jumprelu", "W_enc_3.safetensors")] {
            let scratch = try ScratchSet(copying: name)
            try scratch.write([0], to: file)
            expectRefusal(scratch, file, "the model's 3 layers only")
        }
    }

    @Test(arguments: GoldenSet.names)
    func `another width than the model's is refused with both shapes`(name: String) {
        let folder = GoldenSet.folder + "/" + name
        let error = #expect(throws: (any Error).self) {
            try TranscoderSet(folder: folder, layerCount: 3, modelWidth: 7)
        }
        let line = error.map { "\($0)" } ?? ""
        #expect(line.contains("7") && (line.contains("[40, 6]") || line.contains("[6, 40]")), "\(line)")
    }

    @Test func `a stacked set for another number of layers is refused`() throws {
        let scratch = try ScratchSet(copying: "gemma_scope_2_clt")
        try scratch.configure { $0.replacingOccurrences(of: "- resid_2.safetensors\n", with: "") }
        let error = #expect(throws: (any Error).self) {
            try TranscoderSet(folder: scratch.path, layerCount: 2, modelWidth: 6)
        }
        #expect(error.map { "\($0)" }?.contains("expected shape [40, 2, 6], found [40, 3, 6]") == true)
    }

    @Test func `a missing or empty weight file is named`() throws {
        for (name, file) in [("plt_relu", "layer_1.safetensors"), ("gemma_scope", "layer_1/params.npz")] {
            let scratch = try ScratchSet(copying: name)
            try scratch.write([], to: file)
            expectRefusal(scratch, scratch.path + "/" + file)
            try FileManager.default.removeItem(atPath: scratch.path + "/" + file)
            expectRefusal(scratch, scratch.path + "/" + file, "cannot be opened")
        }
    }

    @Test func `damaged deflated numbers are found by their checksum`() throws {
        let scratch = try ScratchSet(copying: "gemma_scope_deflated")
        let file = try NumpyArchive(path: scratch.path + "/layer_0/params.npz")
        let entry = try #require(file.entries["W_dec"])
        var bytes = try scratch.read("layer_0/params.npz")
        var faults: Set<String> = []
        for offset in entry.byteRange.dropFirst(entry.byteRange.count / 2).prefix(60) {
            bytes[offset] ^= 1
            try scratch.write(bytes, to: "layer_0/params.npz")
            let line = try #require(scratch.refusal())
            faults.insert(line.components(separatedBy: "W_dec: ").last!)
            bytes[offset] ^= 1
        }
        #expect(faults.contains("is damaged: its checksum is not the archive's"))
    }
}
