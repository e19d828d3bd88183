import Circuits
import Foundation
import Safetensors
import Tensors

@testable import Transcoders

/// A golden set and what the reference computes with it; see `Golden/README.md`.
struct GoldenSet {
    static let names = [
        "plt_relu", "plt_jumprelu_skip", "plt_topk", "gemma_scope", "gemma_scope_deflated", "gemma_scope_half",
        "gemma_scope_2_plt", "gemma_scope_2_plt_half", "gemma_scope_2_clt", "clt_relu_skip", "clt_jumprelu",
    ]
    static let layerCount = 3
    static let modelWidth = 6
    static let featureCount = 40
    static let positionCount = 5
    static let folder = Bundle.module.resourceURL!.appending(path: "Golden").path

    let transcoders: TranscoderSet
    /// `[layerCount]` of `[positionCount, modelWidth]`.
    let input: [Matrix]
    /// `[layerCount]` of `[positionCount, featureCount]`.
    let activations: [Matrix]
    /// `[layerCount]` of `[positionCount, modelWidth]`.
    let reconstruction: [Matrix]

    init(_ name: String) throws {
        let folder = Self.folder + "/" + name
        transcoders = try Self.load(folder)
        let expected = try SafetensorsFile(path: folder + "/expected.safetensors")
        func matrices(_ name: String, width: Int) throws -> [Matrix] {
            let all: StoredMatrix = try expected.matrix(name, shape: [Self.layerCount, Self.positionCount, width])
            return (0..<Self.layerCount).map { layer in
                Matrix(
                    rowCount: Self.positionCount, columnCount: width,
                    values: (0..<Self.positionCount).flatMap { all.row(layer * Self.positionCount + $0) })
            }
        }
        input = try matrices("input", width: Self.modelWidth)
        activations = try matrices("activations", width: Self.featureCount)
        reconstruction = try matrices("reconstruction", width: Self.modelWidth)
    }

    static func load(_ folder: String) throws -> TranscoderSet {
        try TranscoderSet(folder: folder, layerCount: layerCount, modelWidth: modelWidth)
    }
}

/// A copy of a golden set that a test may change; removed with its owner.
final class ScratchSet {
    let path: String

    init(copying name: String) throws {
        path = NSTemporaryDirectory() + "transcoders-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: GoldenSet.folder + "/" + name, toPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func read(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + file)))
    }

    func write(_ bytes: [UInt8], to file: String) throws {
        // A new file each time: one that is cut short and written again is flushed to disk by some file systems.
        unlink(path + "/" + file)
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + file))
    }

    /// Replaces config.yaml with `edit` of its text.
    func configure(_ edit: (String) -> String) throws {
        let text = String(decoding: try read("config.yaml"), as: UTF8.self)
        try write(Array(edit(text).utf8), to: "config.yaml")
    }

    /// The error of loading the set as it is now.
    func refusal() -> String? {
        do {
            _ = try GoldenSet.load(path)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension SeededNumbers {
    mutating func matrix(_ rowCount: Int, _ columnCount: Int) -> Matrix {
        Matrix(
            rowCount: rowCount, columnCount: columnCount,
            values: (0..<rowCount * columnCount).map { _ in Float.random(in: -1...1, using: &self) })
    }
}
