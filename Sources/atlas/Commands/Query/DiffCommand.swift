import ArgumentParser
import AtlasQuery

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Which features and edges set two groups of prompts apart, and which they share.",
        discussion: """
            A group is given by tags: name=value, several between commas; corpus=NAME and right=yes are tags too.
            Without --b the second group is every prompt outside the first. Tested are presence (Fisher's exact test) and, \
            among the prompts that have it, strength (a rank-sum test), each with control of the false-discovery rate.

              atlas query diff --a family=two-step --b family=city-state --atlas my.atlas
              atlas query diff --a right=no --false-discovery-rate 0.01 --json --atlas my.atlas
            """)

    @Option(name: .customLong("a"), help: "The first group.") var first: PromptFilter
    @Option(name: .customLong("b"), help: "The second group.") var second: PromptFilter?
    @Option(help: "Up to which q-value a difference counts as significant.") var falseDiscoveryRate = 0.05
    @Option(help: "Leave out features and edges in fewer prompts.") var minimumSupport = 5
    @Option(help: "The share of both groups that the shared core has.") var coreShare = 0.9
    @Option(help: "How many prompts of a group are read at most.") var prompts = 1000
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        try requireShare(coreShare, "--core-share")
        try requireShare(falseDiscoveryRate, "--false-discovery-rate")
        try requireCount(minimumSupport, "--minimum-support")
        try requireCount(prompts, "--prompts")
    }

    func run() throws {
        var options = DiffOptions()
        options.falseDiscoveryRate = falseDiscoveryRate
        options.minimumSupport = minimumSupport
        options.coreShare = coreShare
        options.promptLimit = prompts
        options.limit = limit.limit
        let reader = try file.reader()
        let report = try reader.diff(first, second, options: options)
        try output.print(
            report,
            lists: [
                .init("features", report.features), .init("edges", report.edges), .init("core", report.core),
                .init("coreEdges", report.coreEdges),
            ]
        ) { (DiffText(report).lines + StoredOnlyText(reader).lines).forEach { print($0) } }
    }
}
