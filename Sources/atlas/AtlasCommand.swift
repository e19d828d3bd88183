import ArgumentParser
import AtlasImport
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
            Exit codes: 0 done, 1 failed, 64 wrong usage. A command that needs an atlas, a model or transcoders and is \
            not given them takes those of ATLAS, ATLAS_MODEL and ATLAS_TRANSCODERS in the environment.
            """,
        version: Atlas.programVersion,
        subcommands: [
            DemoCommand.self, IndexCommand.self, AttributeCommand.self, InterveneCommand.self, GenerateCommand.self,
            EvaluateCommand.self, TrainCommand.self, QueryCommand.self, LabelCommand.self, SupernodeCommand.self,
            ServeCommand.self, AgentCommand.self, ImportCommand.self, ExportCommand.self,
            InfoCommand.self, InspectCommand.self, VerifyCommand.self, RepairCommand.self, SQLCommand.self,
            DeriveCommand.self, MergeCommand.self, ManualCommand.self,
        ])

    /// Parses, runs, and says what went wrong.
    static func main() async {
        MappedFile.explainLostFiles()
        StandardStreams.prepare()
        let dashed = DashedText(CommandLine.arguments.dropFirst())
        let command: any ParsableCommand
        do {
            command = try EnvironmentOptions(environment: ProcessInfo.processInfo.environment)
                .parse(Array(CommandLine.arguments.dropFirst()))
        } catch {
            guard exitCode(for: error) == .validationFailure else { end(with: error) }
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
            interrupted("\(error)")
        } catch let error as ImportInterrupted {
            interrupted("\(error)")
        } catch is Cancelled {
            interrupted("interrupted")
        } catch {
            end(with: error)
        }
        StandardOutput.finish()
    }

    /// Ends with what stopped a command: on standard output what was asked for, as help is, else on standard error.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if code.isSuccess || message.isEmpty {
            if !message.isEmpty { print(message) }
            StandardOutput.finish()
        } else {
            // What was printed before goes out first; whether it does no longer matters.
            StandardOutput.flush()
            StandardError.line(message)
        }
        Foundation.exit(code.rawValue)
    }

    /// Ends where the terminal asked for it.
    private static func interrupted(_ message: String) -> Never {
        StandardOutput.flush()
        StandardError.line(message)
        Foundation.exit(InterruptionRequest.exitCode)
    }

    /// Ends with what is wrong about the command line.
    private static func refuse(_ message: String) -> Never {
        StandardError.line(message)
        Foundation.exit(ExitCode.validationFailure.rawValue)
    }
}
