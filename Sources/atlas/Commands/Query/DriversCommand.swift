import ArgumentParser
import AtlasQuery

struct DriversCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drivers", abstract: "Which features drive a token's logit, across prompts.",
        discussion: """
            The token is given by its text, a leading space included, or by its id.

              atlas query drivers --token " Austin" --atlas my.atlas
              atlas query drivers --token-id 1274 --limit 50 --json --atlas my.atlas
            """)

    @Option(help: "The token's text.") var token: String?
    @Option(help: "The token's id.") var tokenID: Int?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard (token == nil) != (tokenID == nil) else { throw ValidationError("expected either --token or --token-id") }
    }

    func run() throws {
        let reader = try file.reader()
        let id = try tokenID ?? reader.token(token ?? "")
        let report = try reader.drivers(of: id, limit: limit.limit)
        try output.print(
            report,
            lists: [
                .init("features", report.features), .init("tokensAndErrors", report.tokensAndErrors),
                .init("cover", report.cover), .init("raisedBy", report.raisedBy), .init("loweredBy", report.loweredBy),
            ]
        ) { DriversText(report).lines.forEach { print($0) } }
    }
}
