import ArgumentParser
import AtlasQuery
import Foundation

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Prompts, feature labels and supernodes that contain some words.",
        discussion: "  atlas query search \"capital Dallas\" --atlas my.atlas")

    @Argument(help: "Words; the last may be the beginning of one.") var text: String
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let report = try file.reader().search(text, limit: limit.limit)
        try output.print(
            report,
            lists: [
                .init("prompts", report.prompts), .init("labels", report.labels),
                .init("supernodes", report.supernodes),
            ]
        ) {
            print("prompts")
            for match in report.prompts { print("  \(match.id)  \(snippet(match.snippet))") }
            if report.prompts.isEmpty { print("  none") }
            print("features")
            for match in report.labels {
                print("  \(match.feature)  \(shown(match.label))" + (match.labelIsAutomatic ? "  (automatic)" : ""))
            }
            if report.labels.isEmpty { print("  none") }
            print("supernodes")
            for match in report.supernodes { print("  \(snippet(match.snippet))") }
            if report.supernodes.isEmpty { print("  none") }
        }
    }

    /// The words that matched stand out on a terminal.
    private func snippet(_ parts: [SearchReport.Part]) -> String {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return parts.map { $0.isMatch && isTerminal ? "\u{1B}[1m\(shown($0.text))\u{1B}[0m" : shown($0.text) }.joined()
    }
}
