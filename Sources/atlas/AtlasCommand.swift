import ArgumentParser
import AtlasImport
import AtlasIndexing
import AtlasQuery
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

            Data goes to standard output, progress to standard error. Every command that prints data takes --json; one \
            whose answer has lists takes --csv and --jsonl (JSON Lines) too. With --json and --jsonl an error is a JSON \
            object, the last line of standard error. Exit codes: 0 done, 1 failed, 64 wrong usage, 130 interrupted. A \
            command that needs an atlas, a model or transcoders and is \
            not given them takes those of ATLAS, ATLAS_MODEL and ATLAS_TRANSCODERS in the environment.
            """,
        version: Atlas.programVersion,
        subcommands: [
            DemoCommand.self, IndexCommand.self, AttributeCommand.self, InterveneCommand.self, GenerateCommand.self,
            EvaluateCommand.self, TrainCommand.self, QueryCommand.self, LabelCommand.self, SupernodeCommand.self,
            SavedRunCommand.self,
            ServeCommand.self, AgentCommand.self, ImportCommand.self, ExportCommand.self,
            InfoCommand.self, InspectCommand.self, VerifyCommand.self, RepairCommand.self, SQLCommand.self,
            DeriveCommand.self, MergeCommand.self, AssembleCommand.self, ManualCommand.self,
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
            refuse(ListOutput.explained(dashed.explained(fullMessage(for: error))))
        }
        if let error = dashed.errorInsteadOfHelp { refuse(error) }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                InterruptionRequest.listen()
                let reading = SlowReadingLine()
                try InterruptionRequest.cancellation.run {
                    var command = command
                    defer { reading.end() }
                    try ReadingProgress.$tell.withValue(reading.tell) { try command.run() }
                }
            }
        } catch let error as IndexingInterrupted {
            interrupted("\(error)", isResumable: true)
        } catch let error as ImportInterrupted {
            interrupted("\(error)", isResumable: true)
        } catch let error as Interrupted {
            interrupted(error.message, isResumable: true)
        } catch is Cancelled {
            interrupted("interrupted", isResumable: false)
        } catch {
            end(with: error)
        }
        StandardOutput.finish()
    }

    /// Ends with what stopped a command: on standard output what was asked for, as help is, else on standard error.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        guard code.isSuccess || message.isEmpty else {
            ErrorReport(message, error, exitCode: code.rawValue).end()
        }
        if !message.isEmpty { print(message) }
        StandardOutput.finish()
        Foundation.exit(code.rawValue)
    }

    /// Ends where the terminal asked for it; the last line says how to go on.
    private static func interrupted(_ message: String, isResumable: Bool) -> Never {
        ErrorReport(interrupted: message, resume: isResumable ? CommandLineText.own : nil).end()
    }

    /// Ends with what is wrong about the command line.
    private static func refuse(_ message: String) -> Never {
        ErrorReport(message, nil, exitCode: ExitCode.validationFailure.rawValue).end()
    }
}
