import ArgumentParser
import AtlasQuery

/// `--where`: the prompts that a question is about, the same on every command that can be asked about some of them.
struct PromptGroupOption: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only prompts of which all of this holds: tags as name=value, commas between several; corpus=NAME and right=yes|no too.",
            valueName: "filter"))
    var filter: PromptFilter = .all
}

extension PromptFilter: ExpressibleByArgument {
    /// Reads `name=value,name=value`.
    public init?(argument: String) { self.init(argument) }

    /// As it is read.
    public var defaultValueDescription: String { description }
}
