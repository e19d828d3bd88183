import ArgumentParser
import AtlasQuery
import Foundation
import Texts

struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Ask an atlas in SQL; nothing can be changed.",
        discussion: """
            The tables and views are described in Schema/. Useful views: features, drivers, edges, prompt_overview. \
            A statement that takes longer or more memory than it may is stopped; an answer has 64 MiB at most, and \
            says where it was cut.

              atlas sql my.atlas "SELECT * FROM prompt_overview LIMIT 5"
            """)

    @Argument(help: "The atlas.") var atlas: String
    @Argument(help: "One SQL statement that reads.") var query: String
    @Option(help: "How many rows at most.") var limit = 10_000
    @Option(help: "How many seconds the statement may run.") var seconds = 60.0
    @Option(help: "How many MiB of memory SQLite may use for it.") var memory = 512
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
        guard seconds > 0, seconds <= 1e6 else {
            throw ValidationError("--seconds: expected more than 0, at most 1000000, found \(seconds)")
        }
        guard (1...1_048_576).contains(memory) else {
            throw ValidationError("--memory: expected 1 to 1048576 MiB, found \(memory)")
        }
    }

    func run() throws {
        var limits = SQLLimits()
        limits.rows = limit
        limits.seconds = seconds
        limits.workingBytes = memory << 20
        let answer = try AtlasReader.open(atlas).sql(query, limits: limits)
        try output.print(answer, lists: [answer.rowList]) {
            var table = TextTable(answer.columns)
            for row in answer.rows { table.add(row.map { Self.shortened($0.description) }) }
            table.print()
        }
        if let truncation = answer.truncatedBy, !output.whole.json {
            let reason = truncation == .rows ? "see --limit" : "an answer has 64 MiB at most; select shorter values"
            StandardError.line("note: only the first \(answer.rows.count) rows are shown; \(reason)")
        }
    }

    /// The longest value in a table, whose columns are as wide as their widest; --json has values whole.
    private static let widest = 1_000

    private static func shortened(_ value: String) -> String {
        value.unicodeScalars.count <= widest ? value : String(value.unicodeScalars.prefix(widest - 1)) + "…"
    }
}

extension TableAnswer {
    /// The rows with a name for each column: of equal ones the second is `name_2`, and so on.
    fileprivate var rowList: RowList {
        var taken = Set<ExactText>()
        let names = columns.map { name in
            var own = name
            var number = 2
            while !taken.insert(ExactText(own)).inserted {
                own = "\(name)_\(number)"
                number += 1
            }
            return own
        }
        return RowList("rows", columns: names, rows: rows.map { $0.map(\.json) })
    }
}

extension TableAnswer.Value {
    /// As ``encode(to:)`` writes it.
    fileprivate var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let value): .numeral("\(value)")
        case .real(let value): value.isFinite ? .fraction(value) : .null
        case .text(let value): .string(value)
        case .blob: .string(description)
        }
    }
}
