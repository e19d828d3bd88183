import ArgumentParser
import AtlasExperiments
import AtlasExport
import AtlasQuery
import Attribution
import Circuits
import Foundation
import LanguageModels

struct InterveneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intervene", abstract: "Set features of a prompt to values and see what the model says instead.",
        discussion: """
            An intervention is LAYER/INDEX@POSITIONS=VALUE; a value that begins with x multiplies what is there. \
            POSITIONS are one, FIRST-LAST, or FIRST- for all that follow, generated ones too; they count from 0, the \
            beginning-of-sequence token. A supernode is NAME=LAYER/INDEX,LAYER/INDEX,…@POSITIONS=VALUE, or, with \
            --supernodes, NAME=VALUE, each feature at its own position, or NAME@POSITIONS=VALUE. Modes: free \
            (everything recomputes), attention-frozen (patterns stay), norms-frozen (patterns and the denominators of \
            norms stay), constrained (MLP outputs and patterns stay in --layers), frozen (direct effects only).

              atlas intervene "Fact: the capital of the state containing Dallas is" --set 2/157@12=x0 \\
                --model MODEL --transcoders DIR
              atlas intervene PROMPT --set 2/157@10-12=x-2 --mode constrained --layers 2-4 --model MODEL --transcoders DIR
              atlas intervene PROMPT --supernode "texas=2/157,3/40@12-=x0" --generate 10 --model MODEL --transcoders DIR
              atlas intervene PROMPT --supernodes graph.json --supernode texas=x0 --model MODEL --transcoders DIR
            """)

    @Argument(help: "The prompt; the beginning-of-sequence token is put in front.") var prompt: String
    @Option(name: .customLong("set"), help: "What to set; may be given many times.") var settings: [FeatureSetting] = []
    @Option(name: .customLong("supernode"), help: "Features to set together; may be given many times.")
    var groups: [SupernodeSetting] = []
    @Option(
        name: .customLong("supernodes"),
        help: ArgumentHelp(
            "Supernodes to choose from by name: [[label, id, …]], or a graph that holds them.", valueName: "file.json"))
    var supernodeFile: String?
    @Option(help: "free, attention-frozen, norms-frozen, constrained or frozen.") var mode = "free"
    @Option(help: "The constrained layers, FIRST-LAST.") var layers: IndexRange?
    @Option(help: ArgumentHelp("Continue the prompt by so many tokens, before and after.", valueName: "count"))
    var generate: Int?
    @Option(help: "Draw tokens at this temperature; the most likely ones unless given.") var temperature: Double?
    @Option(help: "The same seed draws the same tokens.") var seed: UInt64?
    @Option(
        help: ArgumentHelp(
            "An atlas of the model, whose labels features are called by; its neurons are measured as the text's are there.",
            valueName: "file"))
    var atlas: String?
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: JSONOutput

    func validate() throws {
        guard ["free", "attention-frozen", "norms-frozen", "constrained", "frozen"].contains(mode) else {
            throw ValidationError(
                "--mode: expected free, attention-frozen, norms-frozen, constrained or frozen, found \(mode)")
        }
        guard (mode == "constrained") == (layers != nil) else {
            throw ValidationError("--layers goes with --mode constrained")
        }
        guard !settings.isEmpty || !groups.isEmpty else {
            throw ValidationError("expected something to set: --set or --supernode")
        }
        if let generate, generate < 1 { throw ValidationError("--generate: expected 1 or more, found \(generate)") }
        guard generate != nil || temperature == nil && seed == nil else {
            throw ValidationError("--temperature and --seed go with --generate")
        }
        guard temperature != nil || seed == nil else { throw ValidationError("--seed goes with --temperature") }
        if let temperature { try requirePositive(temperature, "--temperature") }
    }

    func run() throws {
        let attributor = try replacementModel.attributor()
        let tokens = attributor.model.tokenizer.encodePrompt(prompt)
        let stored = try supernodeFile.map { try SupernodeFile(contentsOf: URL(fileURLWithPath: $0)).supernodes } ?? []
        let interventions = settings.map(\.intervention) + (try groups.flatMap { try $0.interventions(stored: stored) })
        try requirePositions(of: interventions, below: tokens.count + max(0, (generate ?? 0) - 1))
        let continuation = generate.map { count in
            InterventionReport.Continuation(
                count: count, sampling: temperature.map { .random(temperature: $0, seed: seed ?? 0) } ?? .greedy)
        }
        let mode = try interventionMode(attributor)
        let report =
            try atlas.map { path in
                try AtlasReader.open(path).intervene(
                    prompt, tokens: tokens, interventions: interventions, mode: mode, attributor: attributor,
                    continuation: continuation, changeLimit: limit.limit)
            }
            ?? InterventionReport(
                prompt, tokens: tokens, interventions: interventions, mode: mode, attributor: attributor,
                continuation: continuation, changeLimit: limit.limit)
        try output.print(report) { report.lines.forEach { print($0) } }
    }

    /// The last generated token is read by nobody, so nothing can be set there.
    private func requirePositions(of interventions: [Intervention], below count: Int) throws {
        for intervention in interventions where intervention.positions.last ?? intervention.positions.first >= count {
            throw ValidationError(
                "feature \(intervention.feature): expected positions 0 to \(count - 1), found \(intervention.positions)"
            )
        }
    }

    private func interventionMode(_ attributor: Attributor) throws -> InterventionMode {
        switch mode {
        case "frozen": return .frozen
        case "attention-frozen": return .attentionFrozen
        case "norms-frozen": return .normsFrozen
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
        guard let range = PositionRange(argument), let last = range.last else { return nil }
        first = range.first
        self.last = last
    }
}
