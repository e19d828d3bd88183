import ArgumentParser
import AtlasQuery

extension PromptFilter: ExpressibleByArgument {
    /// Reads `name=value` or several of them between commas.
    public init?(argument: String) { self.init(argument) }
}
