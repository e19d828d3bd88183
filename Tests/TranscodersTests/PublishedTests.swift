import Circuits
import Foundation
import Safetensors
import Tensors
import Testing

@testable import Transcoders

/// Sets as SAELens and EleutherAI's sparsify save them, written here and compared with their formulas.
@Suite struct `published transcoders` {
    private static let width = 6
    private static let features = 12

    /// Arrays of one layer, and the set's folder; removed with its owner.
    private final class Folder {
        let path = NSTemporaryDirectory() + "published-" + UUID().uuidString
        var arrays: [[String: (shape: [Int], values: [Float])]] = []

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ names: [String], weights: String, configuration: (Int) -> [String: Any]) throws {
            for (layer, name) in names.enumerated() {
                let folder = path + "/" + name
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try JSONSerialization.data(withJSONObject: configuration(layer))
                    .write(to: URL(fileURLWithPath: folder + "/cfg.json"))
                var writer = SafetensorsWriter()
                for (array, content) in arrays[layer].sorted(by: { $0.key < $1.key }) {
                    writer.add(array, shape: content.shape, floats: content.values)
                }
                try writer.write(to: folder + "/" + weights)
            }
        }
    }

    private static func random(_ shape: [Int], seed: Int) -> (shape: [Int], values: [Float]) {
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        return (
            shape,
            (0..<shape.reduce(1, *)).map { _ in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
            }
        )
    }

    private func saeLens(_ more: [String: Any] = [:], arrays: [String: (shape: [Int], values: [Float])] = [:]) throws
        -> Folder
    {
        let folder = Folder()
        for layer in 0..<2 {
            folder.arrays.append(
                [
                    "W_enc": Self.random([Self.width, Self.features], seed: layer + 1),
                    "W_dec": Self.random([Self.features, Self.width], seed: layer + 3),
                    "b_enc": Self.random([Self.features], seed: layer + 5),
                    "b_dec": Self.random([Self.width], seed: layer + 7),
                ].merging(arrays) { _, own in own })
        }
        // Found by the layer in the hook's name, not by the folder's.
        try folder.write(["second/width_12", "first/width_12"].reversed(), weights: "sae_weights.safetensors") {
            layer in
            [
                "architecture": "transcoder", "d_in": Self.width, "d_sae": Self.features, "d_out": Self.width,
                "apply_b_dec_to_input": false, "normalize_activations": "none", "reshape_activations": "none",
                "dtype": "float32", "device": "cpu",
                "metadata": [
                    "hook_name": "blocks.\(layer).mlp.hook_in", "hook_name_out": "blocks.\(layer).mlp.hook_out",
                    "prepend_bos": true,
                ] as [String: Any],
            ].merging(more) { _, own in own }
        }
        return folder
    }

    private func sparsify(_ more: [String: Any] = [:], skips: Bool = false) throws -> Folder {
        let folder = Folder()
        for layer in 0..<2 {
            folder.arrays.append([
                "encoder.weight": Self.random([Self.features, Self.width], seed: layer + 1),
                "encoder.bias": Self.random([Self.features], seed: layer + 5),
                "W_dec": Self.random([Self.features, Self.width], seed: layer + 3),
                "b_dec": Self.random([Self.width], seed: layer + 7),
            ])
            if skips { folder.arrays[layer]["W_skip"] = Self.random([Self.width, Self.width], seed: layer + 9) }
        }
        try folder.write(["layers.0.mlp", "layers.1.mlp"], weights: "sae.safetensors") { _ in
            [
                "activation": "topk", "expansion_factor": 32, "normalize_decoder": true, "num_latents": Self.features,
                "k": 4, "multi_topk": false, "skip_connection": skips, "transcode": true, "d_in": Self.width,
            ].merging(more) { _, own in own }
        }
        return folder
    }

    private func load(_ folder: Folder, layerCount: Int = 2) throws -> TranscoderSet {
        try TranscoderSet(folder: folder.path, layerCount: layerCount, modelWidth: Self.width)
    }

    /// Pre-activations by their formula, `[features]`.
    private func expected(_ folder: Folder, layer: Int, input: [Float], takingOff: Bool = false) -> [Float] {
        let arrays = folder.arrays[layer]
        let isTransposed = arrays["W_enc"] != nil
        guard let encoder = (arrays["W_enc"] ?? arrays["encoder.weight"])?.values,
            let bias = (arrays["b_enc"] ?? arrays["encoder.bias"])?.values, let decoderBias = arrays["b_dec"]?.values
        else { return [] }
        return (0..<Self.features).map { feature in
            (0..<Self.width).reduce(bias[feature]) { sum, column in
                let weight =
                    isTransposed ? encoder[column * Self.features + feature] : encoder[feature * Self.width + column]
                return sum + weight * (input[column] - (takingOff ? decoderBias[column] : 0))
            }
        }
    }

    private func active(_ set: TranscoderSet, layer: Int, input: [Float]) -> [Int: Float] {
        let transcoder = set.layers[layer]
        let pre = transcoder.preActivations(Matrix(rowCount: 1, columnCount: Self.width, values: input))
        return Dictionary(
            uniqueKeysWithValues: transcoder.activeFeatures(pre).map { ($0.index, $0.activation) })
    }

    private func agree(_ found: [Int: Float], _ right: [Int: Float]) -> Bool {
        found.keys.sorted() == right.keys.sorted() && right.allSatisfy { abs((found[$0.key] ?? 0) - $0.value) < 1e-5 }
    }

    private static let inputs = (0..<20).map { random([width], seed: 100 + $0).values.map { 3 * $0 } }

    private func positive(_ pre: [Float], among indices: some Sequence<Int>) -> [Int: Float] {
        Dictionary(uniqueKeysWithValues: indices.filter { pre[$0] > 0 }.map { ($0, pre[$0]) })
    }

    @Test func `SAELens with ReLU, found by the layer in the hook's name`() throws {
        let folder = try saeLens()
        let set = try load(folder)
        #expect(set.format == "SAELens" && set.inputHook == .mlpInput && set.outputHook == .mlpOutput)
        for layer in 0..<2 {
            for input in Self.inputs {
                let pre = expected(folder, layer: layer, input: input)
                #expect(agree(active(set, layer: layer, input: input), positive(pre, among: pre.indices)))
            }
        }
    }

    @Test func `SAELens with JumpReLU: ReLU comes first, thresholds are strict`() throws {
        let thresholds = (shape: [Self.features], values: (0..<Self.features).map { Float($0) / 4 - 0.5 })
        let folder = try saeLens(["architecture": "jumprelu_transcoder"], arrays: ["threshold": thresholds])
        let set = try load(folder)
        for input in Self.inputs {
            let pre = expected(folder, layer: 1, input: input)
            let passing = pre.indices.filter { pre[$0] > thresholds.values[$0] }
            #expect(agree(active(set, layer: 1, input: input), positive(pre, among: passing)))
        }
    }

    @Test func `SAELens with TopK: of the largest the positive ones`() throws {
        let folder = try saeLens(["activation_fn": "topk", "activation_fn_kwargs": ["k": 9]])
        let set = try load(folder)
        for input in Self.inputs {
            let pre = expected(folder, layer: 0, input: input)
            let kept = pre.indices.sorted { pre[$0] > pre[$1] }.prefix(9)
            #expect(agree(active(set, layer: 0, input: input), positive(pre, among: kept)))
        }
    }

    @Test func `SAELens with the decoder's bias taken off the input`() throws {
        let folder = try saeLens(["apply_b_dec_to_input": true, "normalize_activations": "expected_average_only_in"])
        let set = try load(folder)
        for input in Self.inputs {
            let pre = expected(folder, layer: 1, input: input, takingOff: true)
            #expect(agree(active(set, layer: 1, input: input), positive(pre, among: pre.indices)))
        }
    }

    @Test(arguments: [("layer_norm", false), ("constant_norm_rescale", false), ("layer_norm", true)])
    func `SAELens with inputs normalised by their own size`(name: String, takingOff: Bool) throws {
        let folder = try saeLens(["normalize_activations": name, "apply_b_dec_to_input": takingOff])
        let set = try load(folder)
        for input in Self.inputs {
            let count = Float(input.count)
            let mean = name == "layer_norm" ? input.reduce(0, +) / count : 0
            let centred = input.map { $0 - mean }
            let squares = centred.reduce(0) { $0 + $1 * $1 }
            // SAELens 6: x.std() has d − 1 below; √d / |x|.
            let size =
                name == "layer_norm" ? (squares / (count - 1)).squareRoot() + 1e-5 : (squares / count).squareRoot()
            let pre = expected(folder, layer: 1, input: centred.map { $0 / size }, takingOff: takingOff)
            #expect(agree(active(set, layer: 1, input: input), positive(pre, among: pre.indices)))
        }
        #expect(try load(saeLens()).fingerprint != set.fingerprint)
    }

    @Test func `sparsify with TopK and a skip`() throws {
        let folder = try sparsify(skips: true)
        let set = try load(folder)
        #expect(set.format == "EleutherAI sparsify")
        for input in Self.inputs {
            let pre = expected(folder, layer: 0, input: input)
            let kept = pre.indices.sorted { pre[$0] > pre[$1] }.prefix(4)
            #expect(agree(active(set, layer: 0, input: input), positive(pre, among: kept)))
            let skipped = try #require(set.layers[0].skip).applied(
                to: Matrix(rowCount: 1, columnCount: Self.width, values: input))
            let weights = try #require(folder.arrays[0]["W_skip"]).values
            for row in 0..<Self.width {
                let right = (0..<Self.width).reduce(Float(0)) { $0 + weights[row * Self.width + $1] * input[$1] }
                #expect(abs(skipped[0, row] - right) < 1e-5)
            }
        }
    }

    @Test func `sparsify with the largest of each group`() throws {
        let folder = try sparsify(["activation": "groupmax"])
        let set = try load(folder)
        for input in Self.inputs {
            let pre = expected(folder, layer: 1, input: input)
            let kept = (0..<4).compactMap { group in (3 * group..<3 * group + 3).max { pre[$0] < pre[$1] } }
            #expect(agree(active(set, layer: 1, input: input), positive(pre, among: kept)))
        }
    }

    /// A setting that computes something else, and what the refusal names.
    static let refusals: [(field: String, value: String, reason: String)] = [
        ("architecture", "\"gated\"", "architecture: expected transcoder"),
        ("normalize_activations", "\"covariance_whitening\"", "normalize_activations: expected none"),
        ("reshape_activations", "\"hook_z\"", "reshape_activations: expected none"),
        ("activation_fn", "\"tanh-relu\"", "activation_fn: expected relu or topk"),
        ("finetuning_scaling_factor", "true", "finetuning_scaling_factor: expected false"),
        ("hook_name", "\"blocks.0.attn.hook_z\"", "hook_name: expected blocks.<layer>"),
        ("hook_name_out", "\"blocks.1.hook_resid_post\"", "hook_name_out: expected blocks.<layer>"),
        ("hook_head_index", "3", "hook_head_index: expected none"),
        ("activation_temperature", "0.5", "activation_temperature: is not understood"),
    ]

    @Test(arguments: refusals.indices)
    func `a SAELens setting that computes something else is refused by name`(index: Int) throws {
        let refusal = Self.refusals[index]
        let value = try JSONSerialization.jsonObject(with: Data(refusal.value.utf8), options: .fragmentsAllowed)
        let folder = try saeLens([refusal.field: value])
        #expect {
            _ = try load(folder)
        } throws: {
            "\($0)".contains("cfg.json") && "\($0)".contains(refusal.reason)
        }
    }

    @Test func `autoencoders, unknown arrays, and layers that are missing or beyond the model are refused`() throws {
        let autoencoder = try sparsify(["transcode": false])
        #expect { _ = try load(autoencoder) } throws: {
            "\($0)".contains("transcode: expected true: this is an autoencoder")
        }
        let unknown = try saeLens(arrays: ["log_threshold": Self.random([Self.features], seed: 1)])
        #expect { _ = try load(unknown) } throws: { "\($0)".contains("log_threshold: expected only") }
        let folder = try saeLens()
        #expect { _ = try load(folder, layerCount: 4) } throws: { "\($0)".contains("found none of 2, 3") }
        #expect { _ = try load(folder, layerCount: 1) } throws: { "\($0)".contains("found one of layer 1") }
        let mixed = try sparsify()
        try FileManager.default.copyItem(atPath: folder.path + "/first", toPath: mixed.path + "/other")
        #expect { _ = try load(mixed) } throws: { "\($0)".contains("expected layers of one kind") }
    }

    @Test func `a field of config yaml that is not understood and could matter is refused by name`() throws {
        let scratch = try ScratchSet(copying: "plt_relu")
        let path = scratch.path + "/config.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (field, isRefused) in [
            ("activation_fn: gelu", true), ("normalize_input: true", true), ("log_threshold: 1", true),
            ("normalize_input: false", false), ("author: someone", false), ("train_steps: 3", false),
        ] {
            try (text + "\n" + field + "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let name = field.prefix { $0 != ":" }
            if isRefused {
                #expect { _ = try GoldenSet.load(scratch.path) } throws: { "\($0)".contains("config.yaml: \(name): ") }
            } else {
                _ = try GoldenSet.load(scratch.path)
            }
        }
    }

    @Test(arguments: ["gemma_scope_2_plt", "clt_relu_skip", "clt_jumprelu", "gemma_scope_2_clt", "plt_relu"])
    func `an array that is not read is refused in every format`(name: String) throws {
        let scratch = try ScratchSet(copying: name)
        let file = try #require(
            FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted().first {
                $0.hasSuffix(".safetensors") && !$0.hasPrefix("expected")
            })
        let source = try SafetensorsFile(path: scratch.path + "/" + file)
        var writer = SafetensorsWriter()
        for (array, tensor) in source.tensors {
            writer.add(
                array, shape: tensor.shape, floats: try source.matrix(array, shape: tensor.shape).matrix().values)
        }
        writer.add("temperature", shape: [1], floats: [2])
        try writer.write(to: scratch.path + "/" + file)
        #expect { _ = try GoldenSet.load(scratch.path) } throws: { "\($0)".contains("temperature: expected only") }
    }
}
