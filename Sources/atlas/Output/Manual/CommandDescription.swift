import ArgumentParser
import Foundation

/// A command, its options and the commands below it, as the parser of the command line describes them.
struct CommandDescription: Decodable {
    /// An option, a flag or an argument.
    struct Argument: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: Kind
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let discussion: String?
        let defaultValue: String?
        let isOptional: Bool
        let isRepeating: Bool
        let shouldDisplay: Bool
    }
    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [CommandDescription]?
    let superCommands: [String]?

    /// This program's.
    static func ofProgram() throws -> CommandDescription {
        struct Whole: Decodable { let command: CommandDescription }
        return try JSONDecoder().decode(Whole.self, from: Data(AtlasCommand._dumpHelp().utf8)).command
    }

    /// What is typed to run it.
    var fullName: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

    /// The commands that do something: those without others below, in the order of the help.
    var leaves: [CommandDescription] {
        let below = (subcommands ?? []).filter { $0.commandName != "help" }
        return below.isEmpty ? [self] : below.flatMap(\.leaves)
    }

    /// Arguments that are its own: every command takes `--help` and `--version`.
    var ownArguments: [Argument] {
        (arguments ?? []).filter { argument in
            argument.shouldDisplay && argument.names?.contains { ["help", "version"].contains($0.name) } != true
        }
    }
}
