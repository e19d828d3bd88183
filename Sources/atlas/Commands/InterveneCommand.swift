import ArgumentParser
import Attribution
import Circuits
import Foundation
import Tensors

struct InterveneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intervene", abstract: "Set features of a prompt to values and see what the model says instead.",
        discussion: """
            An intervention is LAYER/INDEX@POSITION=VALUE or LAYER/INDEX@FIRST-LAST=VALUE; a value that begins with x \
            multiplies what is there. Positions count from 0, the beginning-of-sequence token. Modes: free (everything \
            recomputes), attention-frozen (patterns stay), constrained (MLP outputs and patterns stay in --layers), \
            frozen (direct effects only).

              atlas intervene "Fact: the capital of the state containing Dallas is" --set 2/157@12=x0 \\
                --model MODEL --transcoders DIR
              atlas intervene PROMPT --set 2/157@10-12=x-2 --mode constrained --layers 2-4 --model MODEL --transcoders DIR
            """)

    @Argument(help: "The prompt; the beginning-of-sequence token is put in front.") var prompt: String
    @Option(name: .customLong("set"), help: "What to set; may be given many times.") var settings: [FeatureSetting]
    @Option(help: "free, attention-frozen, constrained or frozen.") var mode = "free"
    @Option(help: "The constrained layers, FIRST-LAST.") var layers: IndexRange?
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: JSONOutput

    func validate() throws {
        guard ["free", "attention-frozen", "constrained", "frozen"].contains(mode) else {
            throw ValidationError("--mode: expected free, attention-frozen, constrained or frozen, found \(mode)")
        }
        guard (mode == "constrained") == (layers != nil) else {
            throw ValidationError("--layers goes with --mode constrained")
        }
    }

    func run() throws {
        let attributor = try replacementModel.attributor()
        let tokens = attributor.model.tokenizer.encodePrompt(prompt)
        let interventions = try settings.flatMap { try $0.interventions(in: tokens, attributor: attributor) }
        let report = try InterventionReport(
            attributor, tokens: tokens, interventions: interventions, mode: try interventionMode(attributor),
            limit: limit.limit)
        try output.print(report) { report.lines.forEach { print($0) } }
    }

    private func interventionMode(_ attributor: Attributor) throws -> InterventionMode {
        switch mode {
        case "frozen": return .frozen
        case "attention-frozen": return .attentionFrozen
        case "constrained":
            let count = attributor.model.configuration.layerCount
            guard let layers, layers.last < count else {
                throw ValidationError("--layers: expected layers 0 to \(count - 1)")
            }
            return .constrained(layers.first..<layers.last + 1)
        default: return .free
        }
    }
}

/// `3` or `3-7`.
struct IndexRange: ExpressibleByArgument {
    let first: Int
    let last: Int

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1],
            0 <= first, first <= last
        else { return nil }
        self.first = first
        self.last = last
    }
}

/// `2/157@12=4.5` or `2/157@10-12=x2`.
struct FeatureSetting: ExpressibleByArgument {
    let feature: FeatureID
    let positions: IndexRange
    let value: Float
    /// Whether the value multiplies the activation that is there.
    let multiplies: Bool

    init?(argument: String) {
        let sides = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let place = sides[0].split(separator: "@", omittingEmptySubsequences: false)
        guard place.count == 2, let feature = FeatureID(place[0]),
            let positions = IndexRange(argument: String(place[1]))
        else { return nil }
        multiplies = sides[1].hasPrefix("x")
        guard let value = Float(sides[1].drop { $0 == "x" }), value.isFinite else { return nil }
        self.feature = feature
        self.positions = positions
        self.value = value
    }

    /// One intervention a position.
    func interventions(in tokens: [Int], attributor: Attributor) throws -> [Intervention] {
        let layers = attributor.transcoders.layers
        guard feature.layer < layers.count, feature.index < layers[feature.layer].featureCount else {
            throw ValidationError(
                "--set: there is no feature \(feature): layers are 0 to \(layers.count - 1), "
                    + "indices 0 to \((layers.first?.featureCount ?? 1) - 1)")
        }
        guard positions.last < tokens.count else {
            throw ValidationError("--set: expected positions 0 to \(tokens.count - 1), found \(positions.last)")
        }
        let active = multiplies ? try attributor.localReplacementModel(tokens).activeFeatures : []
        return (positions.first...positions.last).map { position in
            let own = active.first { $0.feature == feature && $0.position == position }?.activation ?? 0
            return Intervention(feature: feature, position: position, value: multiplies ? own * value : value)
        }
    }
}
