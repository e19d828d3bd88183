import ArgumentParser
import AtlasIndexing
import AtlasStore
import Foundation
import Safetensors
import Tensors

/// The command line: each command parses, validates, calls one library function and prints.
@main
struct AtlasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atlas",
        abstract: "A persistent, cross-prompt atlas of what a language model computes.",
        discussion: """
            Index a corpus of prompts through a replacement model (a language model and its transcoders), then ask \
            questions across prompts.

              atlas demo
              atlas index corpus.jsonl --model MODEL --transcoders TRANSCODERS --atlas my.atlas
              atlas query drivers --token " Austin" --atlas my.atlas
              atlas serve my.atlas
              atlas export dashboards --atlas my.atlas --output dashboards

            Data goes to standard output, progress to standard error. Every command that prints data takes --json. \
            Exit codes: 0 done, 1 failed, 64 wrong usage.
            """,
        version: Atlas.programVersion,
        subcommands: [
            DemoCommand.self, IndexCommand.self, AttributeCommand.self, InterveneCommand.self, GenerateCommand.self,
            EvaluateCommand.self, QueryCommand.self, LabelCommand.self, SupernodeCommand.self, ServeCommand.self,
            ExportCommand.self,
            InfoCommand.self, InspectCommand.self, VerifyCommand.self, RepairCommand.self, SQLCommand.self,
            DeriveCommand.self, MergeCommand.self,
        ])

    /// Parses, runs, and says what went wrong.
    static func main() async {
        MappedFile.explainLostFiles()
        let dashed = DashedText(CommandLine.arguments.dropFirst())
        let command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            refuse(dashed.explained(fullMessage(for: error)))
        }
        if let error = dashed.errorInsteadOfHelp { refuse(error) }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                InterruptionRequest.listen()
                try InterruptionRequest.cancellation.run {
                    var command = command
                    try command.run()
                }
            }
        } catch let error as IndexingInterrupted {
            FileHandle.standardError.write(Data("\n\(error)\n".utf8))
            Foundation.exit(InterruptionRequest.exitCode)
        } catch is Cancelled {
            FileHandle.standardError.write(Data("interrupted\n".utf8))
            Foundation.exit(InterruptionRequest.exitCode)
        } catch {
            exit(withError: error)
        }
    }

    /// Ends with what is wrong about the command line.
    private static func refuse(_ message: String) -> Never {
        FileHandle.standardError.write(Data("\(message)\n".utf8))
        exit(withError: ExitCode.validationFailure)
    }
}
