import ArgumentParser

/// Options that are named once in the environment: a command that needs one and is not given it takes it from there.
///
/// `ATLAS` is the atlas, `ATLAS_MODEL` and `ATLAS_TRANSCODERS` the folders of the replacement model. What a command can do
/// without is never taken from the environment.
struct EnvironmentOptions {
    /// What the parser says is missing, and what is added then.
    private static let needs: [(missing: String, option: String?, variable: String)] = [
        ("Missing expected argument '--atlas ", "--atlas", "ATLAS"),
        ("Missing expected argument '<atlas>'", nil, "ATLAS"),
        ("Missing expected argument '--model ", "--model", "ATLAS_MODEL"),
        ("expected --transcoders DIR or --neurons, found neither", "--transcoders", "ATLAS_TRANSCODERS"),
    ]

    let environment: [String: String]

    /// Parses a command line, with what it lacks from the environment.
    ///
    /// - Throws: as the parser, for the command line as it was given where the environment does not help
    func parse(_ arguments: [String]) throws -> any ParsableCommand {
        var given = arguments
        var used: Set<String> = []
        while true {
            do {
                return try AtlasCommand.parseAsRoot(given)
            } catch {
                let message = AtlasCommand.message(for: error)
                let found = Self.needs.first { need in
                    message.contains(need.missing) && environment[need.variable]?.isEmpty == false
                        && !used.contains(need.variable)
                }
                guard let found, let value = environment[found.variable] else { throw error }
                used.insert(found.variable)
                // Whatever follows two dashes is no option.
                let place = given.firstIndex(of: "--") ?? given.endIndex
                given.insert(contentsOf: [found.option, value].compactMap(\.self), at: place)
            }
        }
    }
}
