import ArgumentParser

struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Ask an atlas questions across prompts.",
        discussion: """
            A feature is written layer/index. Every question takes --json.

              atlas query drivers --token " Austin" --atlas my.atlas
              atlas query feature 2/157 --atlas my.atlas
              atlas query upstream 2/157 --atlas my.atlas
              atlas query prompt two-step-0003 --atlas my.atlas
              atlas query search Dallas --atlas my.atlas
            """,
        subcommands: [
            DriversCommand.self, UpstreamCommand.self, DownstreamCommand.self, FeatureCommand.self, PromptCommand.self,
            SearchCommand.self, FeaturesCommand.self, PromptsCommand.self, LogitsCommand.self, CorrelatedCommand.self,
            EdgeCommand.self, InhibitorsCommand.self, CircuitCommand.self,
            StableCommand.self, SupernodesCommand.self, ValidateCommand.self, SteerCommand.self,
            SteerPredictCommand.self, DiffCommand.self, ContrastCommand.self,
            InvariantCommand.self, SimilarCommand.self, FamiliesCommand.self, FailuresCommand.self, MotifsCommand.self,
            OperandsCommand.self, OperandLabelsCommand.self, GraphFeaturesCommand.self, SteerTextCommand.self,
            ExchangeCommand.self, RunCommand.self, HeadsCommand.self, HeadCommand.self,
            AttentionCommand.self, ValidateHeadsCommand.self,
        ])
}
