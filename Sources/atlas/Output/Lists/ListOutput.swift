import ArgumentParser
import Foundation

/// `--json`, and tables: the same on every command whose answer has lists.
struct ListOutput: ParsableArguments {
    @OptionGroup var whole: JSONOutput
    @Flag(help: "Print a list of the answer as comma-separated values.") var csv = false
    @Flag(help: "Print a list of the answer as JSON Lines, an object a row.") var jsonl = false
    @Option(help: ArgumentHelp("With --csv or --jsonl: which list, by its name in the JSON.", valueName: "name"))
    var list: String?

    func validate() throws {
        guard [whole.json, csv, jsonl].count(where: { $0 }) <= 1 else {
            throw ValidationError("expected one of --json, --csv and --jsonl")
        }
        guard list == nil || isTable else { throw ValidationError("--list goes with --csv or --jsonl") }
    }

    /// Whether a list is printed alone.
    var isTable: Bool { csv || jsonl }

    /// Whether what is printed is for programs.
    var isForPrograms: Bool { isTable || whole.json }

    /// The parser's message, clearer where a table is asked of a command that has none.
    static func explained(_ message: String) -> String {
        for option in ["--csv", "--jsonl"] where message.hasPrefix("Error: Unknown option '\(option)'") {
            return "Error: \(option): this command's answer has no list; see --help"
        }
        return message
    }

    private var option: String { csv ? "--csv" : "--jsonl" }

    /// Prints `value` as JSON, one of its lists as a table, or what `text` prints.
    ///
    /// - Parameter lists: the main one first; none of an answer that is one object
    func print(_ value: some Encodable, lists: @autoclosure () -> [RowList] = [], text: () -> Void) throws {
        guard isTable else { return try whole.print(value, text: text) }
        let lists = lists()
        guard !lists.isEmpty else { throw ValidationError("\(option): this answer is one object; --json prints it") }
        guard let chosen = list.map({ name in lists.first { $0.name == name } }) ?? lists.first else {
            throw ValidationError(
                "--list: expected \(lists.map(\.name).joined(separator: ", ")), found \(list ?? "none")")
        }
        if csv {
            try chosen.writeCommaSeparated(to: StandardOutput.write)
        } else {
            try chosen.writeJSONLines(to: StandardOutput.write)
        }
    }
}
