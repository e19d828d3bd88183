import ArgumentParser
import AtlasQuery
import Foundation

extension SearchReport.Kind: ExpressibleByArgument {}

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Prompts, tokens, features that promote them, labels and supernodes under some words.",
        discussion: """
              atlas query search "capital Dallas" --atlas my.atlas
              atlas query search Texas --kind promoters --atlas my.atlas
              atlas query search two-step-0066 --atlas my.atlas
            """)

    @Argument(help: "Words; the last may be the beginning of one.") var text: String
    @Option(help: "Only these: prompts, names (of prompts), tokens, promoters, labels or supernodes.")
    var kind: SearchReport.Kind?
    @Option(help: "Of the features that promote a token only those in this prompt's graph.") var prompt: String?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let reader = try file.reader()
        let report = try reader.search(
            text, limit: limit.limit, kind: kind, prompt: prompt.map { try reader.promptID($0) })
        try output.print(report, lists: lists(report)) {
            show("prompts", .prompts, report.prompts.map { "\($0.id)  \(snippet($0.snippet))" })
            show("prompts by name", .names, report.names.map { "\($0.id)  \(shown($0.name))  \(shown($0.text))" })
            show(
                "tokens", .tokens,
                report.tokens.map {
                    "\($0.token)  \(shown($0.text).debugDescription)  explained in \($0.explainedPrompts.grouped) "
                        + "prompts, in \($0.promptCount.grouped)"
                })
            show(
                "features that promote them", .promoters,
                report.promoters.map {
                    "\($0.feature)  \(shown($0.text).debugDescription) \($0.value.plain(4))  "
                        + named($0.label ?? "no label", $0.labelIsAutomatic)
                })
            show("features", .labels, report.labels.map { "\($0.feature)  \(named($0.label, $0.labelIsAutomatic))" })
            show("supernodes", .supernodes, report.supernodes.map { snippet($0.snippet) })
        }
    }

    /// The lists, that of the kind asked for first: it is the one meant where none is named.
    private func lists(_ report: SearchReport) -> [RowList] {
        let all = [
            RowList("prompts", report.prompts), RowList("names", report.names), RowList("tokens", report.tokens),
            RowList("promoters", report.promoters), RowList("labels", report.labels),
            RowList("supernodes", report.supernodes),
        ]
        guard let kind else { return all }
        return all.filter { $0.name == kind.rawValue } + all.filter { $0.name != kind.rawValue }
    }

    private func show(_ title: String, _ kind: SearchReport.Kind, _ lines: [String]) {
        guard self.kind ?? kind == kind else { return }
        print(title)
        for line in lines { print("  \(line)") }
        if lines.isEmpty { print("  none") }
    }

    private func named(_ label: String, _ isAutomatic: Bool) -> String {
        shown(label) + (isAutomatic ? "  (automatic)" : "")
    }

    /// The words that matched stand out on a terminal.
    private func snippet(_ parts: [SearchReport.Part]) -> String {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return parts.map { $0.isMatch && isTerminal ? "\u{1B}[1m\(shown($0.text))\u{1B}[0m" : shown($0.text) }.joined()
    }
}
