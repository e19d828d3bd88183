import ArgumentParser
import AtlasQuery
import Foundation

struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Ask an atlas in SQL; nothing can be changed.",
        discussion: """
            The tables and views are described in Schema/. Useful views: features, drivers, edges, prompt_overview.

              atlas sql my.atlas "SELECT * FROM prompt_overview LIMIT 5"
            """)

    @Argument(help: "The atlas.") var atlas: String
    @Argument(help: "One SQL statement that reads.") var query: String
    @Option(help: "How many rows at most.") var limit = 10_000
    @OptionGroup var output: JSONOutput

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    }

    func run() throws {
        let answer = try AtlasReader.open(atlas).sql(query, limit: limit)
        try output.print(answer) {
            var table = TextTable(answer.columns)
            for row in answer.rows { table.add(row.map(\.description)) }
            table.print()
        }
        if answer.isTruncated, !output.json {
            StandardError.line("note: only the first \(limit) rows are shown; see --limit")
        }
    }
}
