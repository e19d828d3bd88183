import ArgumentParser
import AtlasQuery
import Circuits

/// What a circuit is grown from, where a question can be about something else too.
struct OptionalCircuitSeedOptions: ParsableArguments {
    @Option(help: "The text of the token whose logit is the seed.") var token: String?
    @Option(help: "The id of the token whose logit is the seed.") var tokenID: Int?
    @Option(help: ArgumentHelp("The feature that is the seed.", valueName: "layer/index")) var feature: FeatureID?
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only prompts with these tags; alone, their answers are the seed.", valueName: "filter"))
    var group: PromptFilter?

    /// Whether anything is given.
    var isGiven: Bool { token != nil || tokenID != nil || feature != nil || group != nil }

    /// The group, where it is not itself the seed.
    var condition: PromptFilter? { token != nil || tokenID != nil || feature != nil ? group : nil }

    func validate() throws {
        guard [token != nil, tokenID != nil, feature != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("expected one of --token, --token-id and --feature")
        }
    }

    /// The seed, one of which must be given.
    func seed(_ reader: AtlasReader) throws -> CircuitSeed {
        if let token { return .token(try reader.token(token)) }
        if let tokenID { return .token(tokenID) }
        if let feature { return .feature(feature) }
        guard let group else { throw ValidationError("expected a circuit's seed") }
        return .group(group)
    }
}

/// What a circuit is grown from, the same on every command about circuits alone.
struct CircuitSeedOptions: ParsableArguments {
    @OptionGroup var options: OptionalCircuitSeedOptions
    @Option(help: "The id or text of the prompt whose targets are the seed.") var prompt: String?

    /// The group, where it is not itself the seed.
    var condition: PromptFilter? { options.condition }

    func validate() throws {
        guard options.isGiven != (prompt != nil) else {
            throw ValidationError("expected one of --token, --token-id, --feature, --prompt, or --where alone")
        }
    }

    func seed(_ reader: AtlasReader) throws -> CircuitSeed {
        if let prompt { return .prompt(try reader.promptID(prompt)) }
        return try options.seed(reader)
    }
}
