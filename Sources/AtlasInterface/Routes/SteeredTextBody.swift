import AtlasExperiments
import AtlasQuery
import Foundation

/// A text to continue while features are set.
struct SteeredTextBody: RequestBody {
    let text: String
    let settings: [InterventionBody.Setting]
    let mode: InterventionBody.Mode?
    let layers: String?
    let count: Int?
    let temperature: Double?
    let seed: UInt64?
    let doses: [Double]?
    let watched: [String]?

    static func refine(_ members: inout RequestBodyMembers) {
        members.describe("text", "the text") { $0.allow(characters: 1...RunBody.longestText) }
        members.describe("settings", "what is set; a range of positions without an end covers what is generated too") {
            $0.allow(elements: 1...1_000)
        }
        members.describe("mode", "what may recompute downstream; free unless given")
        members.describe("layers", "of mode constrained: its layers, as 2-4") { $0.allow(characters: 1...20) }
        members.describe("count", "tokens that the text is continued by; 12 unless given") { $0.allow(1...64) }
        members.describe(
            "temperature", "what logits are divided by before tokens are drawn; unless given the likeliest are taken"
        ) {
            $0.exclusiveMinimum = 0
            $0.maximum = 100
        }
        members.describe("seed", "the same draws alike; 0 unless given") { $0.allowSeeds() }
        members.describe(
            "doses",
            "how much of what is set, for a curve: at dose d a multiple m multiplies by 1 + d (m − 1), and a value is d times as large"
        ) {
            $0 = JSONSchema(listOf: .dose)
            $0.allow(elements: 0...50)
        }
        members.describe("watched", "tokens whose probabilities the curve tells, by their texts or as #ID") {
            $0.allow(elements: 1...20)
        }
    }

    /// The options, with tokens looked up.
    func options(tokenCount: Int, reader: AtlasReader, jobs: ModelJobs) throws -> SteeredTextOptions {
        var options = SteeredTextOptions()
        let configuration = jobs.attributor.model.configuration
        options.count = count ?? options.count
        guard tokenCount + options.count <= configuration.contextLength else {
            throw Problem(
                422, "Wrong text",
                "expected at most \(configuration.contextLength) tokens in all (the model's context), found \(tokenCount) "
                    + "of the text and \(options.count) to generate")
        }
        options.temperature = temperature
        options.seed = seed ?? 0
        options.doses = doses ?? []
        options.watched = try (watched ?? []).map { try reader.tokenNamed($0) }
        guard Set(options.watched).count == options.watched.count else {
            throw Problem(422, "Wrong question", "watched: expected different tokens, found one twice")
        }
        options.mode = try (mode ?? .free).mode(layers: layers, layerCount: configuration.layerCount)
        return options
    }
}

extension JSONSchema {
    /// How much of what is set.
    fileprivate static var dose: JSONSchema {
        var schema = JSONSchema(type: "number")
        schema.allow(-100...100)
        return schema
    }
}
