import Attribution
import Circuits
import Foundation
import LanguageModels
import Safetensors
import Testing
import Transcoders

/// One tiny model with what the field's reference packages computed on it; see Golden/README.md.
struct GoldenCase: CustomTestStringConvertible {
    /// Cases that the reference gets wrong nowhere.
    static let names = [
        "gemma2-plt_jumprelu", "llama-clt_relu", "llama-plt_relu", "llama-plt_skip", "llama3rope-clt_jumprelu",
        "qwen3-plt_relu",
    ]
    /// Cases whose token columns the reference gets wrong: too small by √modelWidth.
    static let scaledEmbeddingNames = ["gemma3-clt_relu", "gemma3-plt_skip"]
    /// Every case with transcoders.
    static let graphNames = names + scaledEmbeddingNames

    let name: String
    let attributor: Attributor
    let expected: SafetensorsFile
    let scores: Expected

    /// The part of expected.json that the tests read.
    struct Expected: Decodable {
        struct Partial: Decodable { let maxFeatureNodes, batchSize, updateInterval: Int }
        struct Intervention: Decodable {
            let layer, position, feature: Int
            let value: Double
            let mode: String
        }
        let replacementScore, completenessScore: Double
        let maxNLogits: Int
        let desiredLogitProb: Double
        let partial: Partial
        let interventions: [Intervention]
        let nodeThreshold, edgeThreshold: Double
    }

    init(_ name: String) throws {
        self.name = name
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/\(name)").path
        attributor = try Attributor(modelFolder: folder + "/model", transcoderFolder: folder + "/transcoders")
        expected = try SafetensorsFile(path: folder + "/expected.safetensors")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        scores = try decoder.decode(
            Expected.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json")))
    }

    var testDescription: String { name }

    func floats(_ name: String) throws -> [Float] { try AttributionTests.floats(name, in: expected) }

    func integers(_ name: String) throws -> [Int] { try AttributionTests.integers(name, in: expected) }

    func tokens() throws -> [Int] { try integers("input_ids") }

    /// The reference's adjacency with the token columns that it gets wrong corrected: they miss the factor
    /// √modelWidth by which Gemma 3 multiplies embeddings.
    func adjacencyOfAddedEmbeddings(_ layout: NodeLayout) throws -> [Float] {
        var expected = try floats("adjacency")
        guard Self.scaledEmbeddingNames.contains(name) else { return expected }
        let scale = Float(attributor.model.configuration.modelWidth).squareRoot()
        for row in 0..<layout.nodeCount {
            for position in 0..<layout.positionCount {
                expected[row * layout.nodeCount + layout.token(position: position)] *= scale
            }
        }
        return expected
    }

    /// All features as targets, logits as the reference chose them.
    func graph() throws -> Attributor.Result {
        try attributor.attribute(
            tokens(),
            options: AttributionOptions(
                maximumLogits: scores.maxNLogits, desiredLogitProbability: scores.desiredLogitProb), jobs: 2)
    }
}

/// A model with what the reference packages computed on it, without transcoders.
struct ForwardCase {
    static let names = GoldenCase.graphNames + ["gpt2", "gptneox"]

    let model: LanguageModel
    let tokens: [Int]
    /// `[layerCount + 1, positionCount, modelWidth]`.
    let hiddenStates: [Float]
    /// `[positionCount, vocabularySize]`.
    let logits: [Float]

    /// A folder of Golden/variants.
    init(variant name: String) throws {
        let folder = try CopiedModel("variants/" + name)
        model = try LanguageModel(folder: folder.path)
        let expected = try SafetensorsFile(path: folder.path + "/expected.safetensors")
        tokens = try integers("input_ids", in: expected)
        hiddenStates = try floats("hidden_states", in: expected)
        logits = try floats("logits", in: expected)
    }

    init(_ name: String) throws {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/\(name)").path
        model = try LanguageModel(folder: folder + "/model")
        tokens = try integers("input_ids", in: SafetensorsFile(path: folder + "/expected.safetensors"))
        // Gemma 2's own arrays leave the scores' soft-cap out; see Golden/README.md.
        let eager = folder + "/eager.safetensors"
        let expected = try SafetensorsFile(
            path: FileManager.default.fileExists(atPath: eager) ? eager : folder + "/expected.safetensors")
        hiddenStates = try floats("hidden_states", in: expected)
        logits = try floats("logits", in: expected)
    }

    /// The model's own hidden states, as the reference reports them: the last after the final norm.
    func foundHiddenStates(_ trace: ForwardTrace) -> [Float] {
        var first = trace.embeddings
        if let positions = trace.positions { first.add(positions) }
        let final = model.finalNorm.applied(to: trace.finalResidual, denominators: trace.finalDenominators)
        return first.values + trace.layers.dropFirst().flatMap(\.residual.values) + final.values
    }
}

func floats(_ name: String, in file: SafetensorsFile) throws -> [Float] {
    try file.matrix(name, shape: file.tensor(name).shape).matrix().values
}

func integers(_ name: String, in file: SafetensorsFile) throws -> [Int] {
    let tensor = try file.tensor(name)
    let bytes = file.bytes(of: tensor)
    switch tensor.type {
    case "I64": return (0..<bytes.count / 8).map { Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
    case "I32": return (0..<bytes.count / 4).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
    default: return bytes.map(Int.init)
    }
}

/// The largest |found − expected| / (absolute + relative |expected|); at most 1 within tolerance.
func excess(_ found: [Float], _ expected: [Float], absolute: Float, relative: Float) -> Float {
    guard found.count == expected.count else { return .infinity }
    var worst: Float = 0
    for (x, y) in zip(found, expected) { worst = max(worst, abs(x - y) / (absolute + relative * abs(y))) }
    return worst
}
