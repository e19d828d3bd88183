import ArgumentParser
import AtlasQuery

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a whole atlas: file, checksums, facts against statistics.",
        discussion: """
            Exit code 1 when something is wrong.

              atlas verify my.atlas
            """)

    @Argument(help: "The atlas.") var atlas: String
    @OptionGroup var output: JSONOutput

    func run() throws {
        let report = try AtlasReader.open(atlas).verify()
        try output.print(report) {
            report.problems.forEach { print(shown($0)) }
            print(
                report.isSound
                    ? "sound: \(report.blockCount.grouped) blocks unpacked" : "\(report.problems.count) problems")
        }
        if !report.isSound { throw ExitCode.failure }
    }
}
