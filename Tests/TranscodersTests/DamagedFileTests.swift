import Circuits
import Foundation
import Safetensors
import Testing

@testable import Transcoders

/// Damaged files: each is refused with one line that names the file, or gives transcoders that work.
@Suite struct `damaged transcoder files` {
    private static let mutationCount = 10_000

    private func expectOneLine(_ error: any Error, path: String) {
        let line = "\(error)"
        #expect(error is TranscoderError || error is SafetensorsError, "\(line)")
        #expect(line.hasPrefix(path) && !line.contains("\n"), "\(line)")
    }

    @Test(arguments: ["gemma_scope", "gemma_scope_deflated"])
    func `a damaged archive is refused or works`(name: String) throws {
        let scratch = try ScratchSet(copying: name)
        let path = scratch.path + "/layer_0/params.npz"
        let seed = try scratch.read("layer_0/params.npz")
        // Most of the file is numbers; half of the damage goes to the directory at its end.
        let directory = seed.count - 420..<seed.count
        var random = SeededNumbers(seed: 17)
        for round in 0..<Self.mutationCount / 2 {
            let damaged = Damage.apply(to: seed, places: round % 2 == 0 ? directory : nil, using: &random)
            try scratch.write(damaged, to: "layer_0/params.npz")
            do {
                let loaded = try PerLayerFormat.load(path, layer: 0, modelWidth: GoldenSet.modelWidth, .relu)
                #expect(loaded.transcoder.encoder.row(0).count == GoldenSet.modelWidth)
                #expect(loaded.transcoder.decoder.row(GoldenSet.featureCount - 1).count == GoldenSet.modelWidth)
            } catch {
                expectOneLine(error, path: path)
            }
        }
    }

    @Test func `a damaged array header is refused or describes the bytes there are`() throws {
        let seeds = [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n",
            "{'descr': '<f2', 'fortran_order': True, 'shape': (24,), }   \n",
            "{'shape': (), \"fortran_order\": False, 'descr': '<f4'}",
        ].map { text in
            [UInt8]([0x93]) + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
                + [UInt8](repeating: 7, count: text.contains("()") ? 4 : 48)
        }
        var random = SeededNumbers(seed: 23)
        var accepted = 0
        for round in 0..<Self.mutationCount {
            let seed = seeds[round % seeds.count]
            let damaged = round < seeds.count ? seed : Damage.apply(to: seed, using: &random)
            damaged.withUnsafeBytes { bytes in
                guard let header = try? NumpyHeader(bytes) else { return }
                accepted += 1
                let count = header.shape.reduce(1, *)
                #expect(header.dataStart + count * header.elementType.byteCount == bytes.count)
            }
        }
        #expect(accepted >= seeds.count)
    }

    @Test func `a damaged configuration is refused or works`() throws {
        let scratch = try ScratchSet(copying: "plt_topk")
        let path = scratch.path + "/config.yaml"
        let more = "transcoders: [layer_0.safetensors, \"layer_1.safetensors\", 'hf://a/b/c?revision=d']\n"
        let seed = try scratch.read("config.yaml") + Array(more.utf8)
        var random = SeededNumbers(seed: 29)
        for _ in 0..<Self.mutationCount {
            try scratch.write(Damage.apply(to: seed, using: &random), to: "config.yaml")
            do {
                let configuration = try TranscoderConfiguration(folder: scratch.path)
                #expect(configuration.files?.isEmpty != true)
            } catch {
                expectOneLine(error, path: path)
            }
        }
    }

    @Test func `a configuration nested a hundred thousand deep is refused`() throws {
        let scratch = try ScratchSet(copying: "plt_relu")
        for nest in ["[", "{a: ", "- "] {
            try scratch.configure { $0 + "deep: " + String(repeating: nest, count: 100_000) }
            #expect(scratch.refusal()?.contains("is no YAML") == true)
        }
    }

    @Test func `aliases that stand for billions of values are refused`() throws {
        let scratch = try ScratchSet(copying: "plt_relu")
        try scratch.configure { text in
            var text = text + "a0: &a0 [x, x]\n"
            for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
            return text + "? *a40\n: x\n"
        }
        #expect(scratch.refusal()?.contains("alias") == true)
    }

    @Test func `a configuration that is an endless line is refused`() throws {
        let scratch = try ScratchSet(copying: "plt_relu")
        try scratch.write([UInt8](repeating: UInt8(ascii: "a"), count: 2 << 20), to: "config.yaml")
        #expect(scratch.refusal()?.contains("at most") == true)
    }
}
