import Circuits
import Files
import Foundation
import Safetensors
import Tensors
import Texts

/// A run on disk, from which it goes on to the same weights as if it had not been interrupted.
///
/// One safetensors file: every parameter with Adam's running means, the origins of the rows that wait, how long features
/// have been silent, and as JSON (`state`) the rest. It replaces the one before when it is whole.
struct TrainingCheckpoint {
    /// What must agree for a run to be gone on with.
    struct Identity: Codable, Equatable {
        /// The language model's fingerprint.
        let model: String
        /// The digest of the text.
        let text: String
        /// The settings.
        let settings: TrainingSettings
    }

    /// The part that is JSON.
    private struct Content: Codable {
        let version: Int
        let identity: Identity
        let step: Int
        let scales: LayerScales
        let position: TextPosition
        let drawing: SeededNumbers
        let reviving: SeededNumbers
        let sparsity: SparsityControl
        let leastKept: [Double]
        let curve: CurveRecorder
        let revivedFeatures: Int
        let seconds: Double
        let firstLoss: Double?
    }

    private static let version = 1

    /// The file.
    let path: String

    /// Whether there is one.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Writes a state.
    ///
    /// - Throws: `SafetensorsError` where it cannot be written; the one before is still there
    func write(_ state: TrainingState, _ supply: BatchSupply, identity: Identity) throws(SafetensorsError) {
        let content = Content(
            version: Self.version, identity: identity, step: state.step, scales: supply.scales,
            position: supply.position, drawing: supply.numbers, reviving: state.numbers,
            sparsity: state.sparsity, leastKept: state.leastKept, curve: state.curve,
            revivedFeatures: state.revivedFeatures, seconds: state.seconds, firstLoss: state.firstLoss)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(content) else { preconditionFailure("a state has only finite numbers") }
        var writer = SafetensorsWriter()
        writer.add("state", bytes: json)
        let origins = supply.buffer.origins
        writer.add(
            "origins", shape: [origins.count, 3],
            integers: origins.flatMap { [Int($0.pass), Int($0.group), Int($0.row)] })
        let silent = state.use.silentTokens
        writer.add(
            "silentTokens", shape: [silent.count, silent.first?.count ?? 0],
            integers: silent.flatMap { $0.map { min($0, Int(Int32.max)) } })
        for layer in state.layers {
            for (name, array) in layer.arrays {
                let place = "layers.\(layer.layer).\(name)"
                writer.add(place, shape: [array.count], viewing: array.values)
                writer.add(place + ".firstMoments", shape: [array.count], viewing: array.firstMoments)
                writer.add(place + ".secondMoments", shape: [array.count], viewing: array.secondMoments)
            }
        }
        try writer.write(to: path)
    }

    /// Reads the state of a run.
    ///
    /// - Parameters:
    ///   - identity: of the run that is to go on
    ///   - layerCount: the model's layers
    ///   - modelWidth: the model's residual width
    ///   - supply: makes the batches to come
    /// - Throws: `TrainingError` where it is of another run or damaged, what reading the text again throws
    func read(
        identity: Identity, layerCount: Int, modelWidth: Int,
        supply makeSupply: (LayerScales, TextPosition, SeededNumbers, [ShuffleBuffer.Origin]) -> BatchSupply
    ) throws -> (TrainingState, BatchSupply) {
        let file = try SafetensorsFile(path: path)
        let content = try content(file)
        try requireSame(content.identity, as: identity)
        let origins = try integers("origins", in: file)
        let silent = try integers("silentTokens", in: file)
        let featureCount = identity.settings.featureCount
        guard origins.count % 3 == 0, origins.count / 3 <= BatchSupply.capacity(identity.settings),
            silent.count == layerCount * featureCount,
            content.scales.inputs.count == layerCount, content.scales.outputs.count == layerCount,
            content.scales.outputVariances.count == layerCount, (0...identity.settings.steps).contains(content.step),
            content.leastKept.isEmpty || content.leastKept.count == layerCount,
            (content.curve.points + [content.curve.latest].compactMap(\.self)).allSatisfy({ $0.hasLayers(layerCount) })
        else { throw damaged }
        let made = (0..<layerCount).map { layer in
            TranscoderParameters(layer: layer, of: layerCount, modelWidth: modelWidth, identity.settings)
        }
        for layer in made {
            for (name, array) in layer.arrays {
                let place = "layers.\(layer.layer).\(name)"
                for (suffix, target) in [
                    ("", array.values), (".firstMoments", array.firstMoments), (".secondMoments", array.secondMoments),
                ] {
                    let numbers = try file.vector(place + suffix, count: array.count)
                    target.update(from: numbers, count: array.count)
                }
            }
        }
        var state = TrainingState(layers: made, settings: identity.settings)
        state.sparsity = content.sparsity
        state.numbers = content.reviving
        state.use = FeatureUse(
            silentTokens: (0..<layerCount).map { layer in
                silent[layer * featureCount..<(layer + 1) * featureCount].map(Int.init)
            })
        state.step = content.step
        state.leastKept = content.leastKept
        state.curve = content.curve
        state.revivedFeatures = content.revivedFeatures
        state.seconds = content.seconds
        state.firstLoss = content.firstLoss
        var supply = makeSupply(
            content.scales, content.position, content.drawing,
            stride(from: 0, to: origins.count, by: 3).map {
                ShuffleBuffer.Origin(pass: origins[$0], group: origins[$0 + 1], row: origins[$0 + 2])
            })
        guard try supply.readWaiting() else { throw damaged }
        return (state, supply)
    }

    private var damaged: TrainingError {
        TrainingError(
            "\(path): expected the checkpoint of a training run, found something else; remove it to begin anew")
    }

    private func content(_ file: SafetensorsFile) throws -> Content {
        guard let tensor = file.tensors["state"], tensor.type == "U8",
            let content = try? JSONDecoding.decode(Content.self, from: Array(file.bytes(of: tensor)))
        else { throw damaged }
        guard content.version == Self.version else {
            throw TrainingError(
                "\(path): is of another version of this program: expected version \(Self.version), found "
                    + "\(content.version); remove it to begin anew")
        }
        return content
    }

    private func integers(_ name: String, in file: SafetensorsFile) throws -> [Int32] {
        guard let tensor = file.tensors[name], tensor.type == "I32" else { throw damaged }
        let bytes = file.bytes(of: tensor)
        return (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self) }
    }

    private func requireSame(_ found: Identity, as expected: Identity) throws(TrainingError) {
        let parts = [
            ("model", expected.model, found.model), ("text", expected.text, found.text),
            ("settings", expected.settings.shown, found.settings.shown),
        ]
        for (part, expected, found) in parts where expected != found {
            throw TrainingError(
                "\(path): is of another run: \(part): expected \(expected), found \(found); name another folder or "
                    + "remove it")
        }
    }
}

extension TrainingSettings {
    /// As one line of JSON.
    var shown: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else { return "settings that are no numbers" }
        return String(decoding: data, as: UTF8.self)
    }
}
