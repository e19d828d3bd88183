import ArgumentParser
import AtlasQuery

/// Which part of a list is printed.
struct ListPartOptions: ParsableArguments {
    @OptionGroup var limit: LimitOption
    @Option(help: "Where the list goes on: `next` of the part before it, or how many rows are skipped.")
    var after: ListCursor?

    /// The part that is meant.
    var range: ListRange { ListRange(limit: limit.limit, after: after) }
}

extension ListCursor: ExpressibleByArgument {
    /// Reads `50~1665`, or `50`.
    public init?(argument: String) { self.init(argument) }
}

extension FeatureOrder: ExpressibleByArgument {
    /// Reads a key, with a minus sign in front for the order backwards.
    public init?(argument: String) { self.init(argument) }
}

extension PromptOrder: ExpressibleByArgument {
    /// Reads a key, with a minus sign in front for the largest first.
    public init?(argument: String) { self.init(argument) }
}

extension LogitOrder: ExpressibleByArgument {
    /// Reads a key, with a minus sign in front for the order backwards.
    public init?(argument: String) { self.init(argument) }
}

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Features that fire, or those that never do, in an order.",
        discussion: """
              atlas query features --sort density --atlas my.atlas
              atlas query features --minimum-density 0.1 --unlabelled --atlas my.atlas
              atlas query features --dead --atlas my.atlas
            """)

    @Option(help: "Words of labels and notes, or a feature as layer/index.") var search: String?
    @Option(help: "Only features of this layer.") var layer: Int?
    @Flag(help: "Those that fire in no prompt.") var dead = false
    @Option(help: "Only those active at this share of the tokens or more.") var minimumDensity: Double?
    @Flag(help: "Only those that a person named.") var labelled = false
    @Flag(help: "Only those that no person named.") var unlabelled = false
    @Option(
        help: "feature, density, prompts, maximum, mean or minimum; with a minus sign (--sort=-density) backwards.")
    var sort = FeatureOrder()
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var part: ListPartOptions
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard !(labelled && unlabelled) else { throw ValidationError("expected one of --labelled and --unlabelled") }
        if let layer, !(0..<65_536).contains(layer) {
            throw ValidationError("--layer: expected a number from 0 to 65535, found \(layer)")
        }
        if let minimumDensity { try requireShare(minimumDensity, "--minimum-density") }
    }

    func run() throws {
        var filter = FeatureFilter(layer: layer, words: search)
        filter.firing = !dead
        filter.minimumDensity = minimumDensity
        filter.labelled = labelled ? true : unlabelled ? false : nil
        let list = try file.reader().featureList(where: filter, order: sort, range: part.range)
        try output.print(list, lists: [.init("items", list.items)]) {
            var table = TextTable(["feature", "label", ">tokens", ">prompts", ">maximum", ">mean"])
            for item in list.items {
                table.add([
                    "\(item.feature)", (item.label ?? "") + (item.labelIsAutomatic ? " (automatic)" : ""),
                    item.activeTokens.grouped, item.activePrompts.grouped, item.maximum.plain(4), item.mean.plain(4),
                ])
            }
            table.print()
            StandardOutput.line("\(list.items.count.grouped) of \(list.total.grouped)" + going(on: list.next))
        }
    }
}

struct PromptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompts", abstract: "Prompts of a group, in an order.",
        discussion: """
              atlas query prompts --where family=two-step --sort replacement --atlas my.atlas
              atlas query prompts --search "capital Dallas" --sort=-probability --atlas my.atlas
            """)

    @Option(help: "Words of the prompts' texts.") var search: String?
    @OptionGroup var group: PromptGroupOption
    @Option(
        help: """
            id, text, probability, answer, replacement, completeness, length, predicted or nodes; with a minus sign \
            (--sort=-probability) the largest first.
            """)
    var sort = PromptOrder()
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var part: ListPartOptions
    @OptionGroup var output: ListOutput

    func run() throws {
        let list = try file.reader().promptList(
            where: group.filter, containing: search, order: sort, range: part.range)
        try output.print(list, lists: [.init("items", list.items)]) {
            var table = TextTable([">id", "says", ">probability", ">replacement", "text"])
            for item in list.items {
                table.add([
                    "\(item.id)", item.predicted.text, item.predictedProbability.plain(4),
                    item.scores?.replacement.plain(4) ?? "", item.text,
                ])
            }
            table.print()
            StandardOutput.line("\(list.items.count.grouped) of \(list.total.grouped)" + going(on: list.next))
        }
    }
}

struct LogitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logits", abstract: "Tokens whose logit some stored graph explains, in an order.",
        discussion: "  atlas query logits --sort=-probability --atlas my.atlas")

    @Option(help: "Part of the token's text.") var search: String?
    @Option(help: "prompts, probability or text; with a minus sign (--sort=-prompts) backwards.")
    var sort = LogitOrder()
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var part: ListPartOptions
    @OptionGroup var output: ListOutput

    func run() throws {
        let list = try file.reader().logitList(containing: search, order: sort, range: part.range)
        try output.print(list, lists: [.init("items", list.items)]) {
            var table = TextTable([">token", "text", ">prompts", ">mean probability"])
            for item in list.items {
                table.add(["\(item.token)", item.text, item.promptCount.grouped, item.meanProbability.plain(4)])
            }
            table.print()
            StandardOutput.line("\(list.items.count.grouped) of \(list.total.grouped)" + going(on: list.next))
        }
    }
}

/// How the rest of a list is asked for.
private func going(on next: String?) -> String { next.map { "; go on with --after \($0)" } ?? "" }
