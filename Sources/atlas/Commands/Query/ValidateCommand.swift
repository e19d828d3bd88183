import ArgumentParser
import AtlasIndexing
import AtlasQuery
import Foundation

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Test circuits by silencing their features on held-out prompts.",
        discussion: """
            Each token's circuit is grown from half of the prompts that explain it; in the other half its features are \
            set to 0, one at a time, and the change of the token's logit is compared with what the circuit predicts. \
            With --where alone the tokens are the answers of the group's prompts.

              atlas query validate --token " Austin" --model MODEL --transcoders DIR --atlas my.atlas
              atlas query validate --where family=two-step --interventions 500 --model MODEL --transcoders DIR \\
                --atlas my.atlas
              atlas query validate --tokens-file capitals.txt --mode free --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Option(help: "The token's text; may be given many times.") var token: [String] = []
    @Option(help: ArgumentHelp("Tokens' texts, one a line, spaces count.", valueName: "file")) var tokensFile: String?
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only prompts with these tags; alone, their answers are the tokens.", valueName: "filter"))
    var group: PromptFilter?
    @Option(help: "How many interventions at most, drawn from all that are possible.") var interventions = 200
    @Flag(help: "Draw all that a prompt allows together, for correlations inside prompts.") var wholePrompts = false
    @Option(help: "The same seed splits and draws alike.") var seed: UInt64 = 0
    @Option(
        help: ArgumentHelp(
            "What recomputes: attention-frozen, free or frozen; may be given many times, the main one first.",
            valueName: "mode"))
    var mode: [ValidationOptions.Mode] = []
    @OptionGroup var growth: CircuitGrowthOptions
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: JSONOutput

    func validate() throws {
        guard token.isEmpty || tokensFile == nil else {
            throw ValidationError("expected either --token or --tokens-file")
        }
        guard !token.isEmpty || tokensFile != nil || group != nil else {
            throw ValidationError("expected --token, --tokens-file or --where")
        }
        guard interventions >= 1 else {
            throw ValidationError("--interventions: expected 1 or more, found \(interventions)")
        }
    }

    func run() throws {
        let reader = try file.reader()
        let tokens = try chosenTokens(reader)
        let attributor = try replacementModel.attributor(for: reader)
        var options = ValidationOptions()
        options.interventions = interventions
        options.seed = seed
        options.wholePrompts = wholePrompts
        options.circuit = growth.options(group: group)
        if !mode.isEmpty { options.modes = mode }
        let line = ProgressLine()
        let report = try reader.validate(tokens: tokens, attributor: attributor, options: options) { done, total in
            line.show("intervening", done: done, total: total, unit: "features")
        }
        try output.print(report) { ValidationText(report, limit: limit.limit).lines.forEach { print($0) } }
    }

    private func chosenTokens(_ reader: AtlasReader) throws -> [Int] {
        var texts = token
        if let tokensFile {
            texts = try CorpusRecords.lines(ofFile: tokensFile).map(\.text)
            guard !texts.isEmpty else { throw ValidationError("\(tokensFile): expected a token a line, found none") }
        }
        if texts.isEmpty { return try reader.answerTokens(of: group!) }
        return try texts.map { try reader.token($0) }
    }
}

extension ValidationOptions.Mode: ExpressibleByArgument {}
