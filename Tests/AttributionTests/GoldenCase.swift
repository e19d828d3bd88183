import Attribution
import Circuits
import Foundation
import LanguageModels
import Safetensors
import Testing
import Transcoders

/// One tiny model with what the field's reference packages computed on it; see Golden/README.md.
struct GoldenCase: CustomTestStringConvertible {
    static let names = ["llama-clt_relu", "llama-plt_relu", "llama-plt_skip", "llama3rope-clt_jumprelu"]

    let name: String
    let attributor: Attributor
    let expected: SafetensorsFile
    let scores: Expected

    /// The part of expected.json that the tests read.
    struct Expected: Decodable {
        struct Partial: Decodable { let max_feature_nodes, batch_size, update_interval: Int }
        struct Intervention: Decodable {
            let layer, position, feature: Int
            let value: Double
            let mode: String
        }
        let replacement_score, completeness_score: Double
        let max_n_logits: Int
        let desired_logit_prob: Double
        let partial: Partial
        let interventions: [Intervention]
        let node_threshold, edge_threshold: Double
    }

    init(_ name: String) throws {
        self.name = name
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/\(name)").path
        attributor = try Attributor(modelFolder: folder + "/model", transcoderFolder: folder + "/transcoders")
        expected = try SafetensorsFile(path: folder + "/expected.safetensors")
        scores = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json")))
    }

    var testDescription: String { name }

    func floats(_ name: String) throws -> [Float] {
        let tensor = try expected.tensor(name)
        return try expected.matrix(name, shape: tensor.shape).matrix().values
    }

    func integers(_ name: String) throws -> [Int] {
        let tensor = try expected.tensor(name)
        let bytes = expected.bytes(of: tensor)
        switch tensor.type {
        case "I64":
            return (0..<bytes.count / 8).map { Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
        case "I32":
            return (0..<bytes.count / 4).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
        default: return bytes.map(Int.init)
        }
    }

    func tokens() throws -> [Int] { try integers("input_ids") }

    /// All features as targets, logits as the reference chose them.
    func graph() throws -> Attributor.Result {
        try attributor.attribute(
            tokens(),
            options: AttributionOptions(
                maximumLogits: scores.max_n_logits, desiredLogitProbability: scores.desired_logit_prob), jobs: 2)
    }
}

/// The largest |found − expected| / (absolute + relative |expected|); at most 1 within tolerance.
func excess(_ found: [Float], _ expected: [Float], absolute: Float, relative: Float) -> Float {
    guard found.count == expected.count else { return .infinity }
    var worst: Float = 0
    for (x, y) in zip(found, expected) { worst = max(worst, abs(x - y) / (absolute + relative * abs(y))) }
    return worst
}
