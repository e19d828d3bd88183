import ArgumentParser
import AtlasQuery

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a whole atlas: file, checksums, facts against statistics.",
        discussion: """
            Exit code 1 when something is wrong. With --derived everything derived is also compared with what the facts \
            give, derived anew in a copy in the temporary folder (TMPDIR), which needs as much room as the atlas.

              atlas verify my.atlas
              atlas verify my.atlas --derived
            """)

    @Argument(help: "The atlas.") var atlas: String
    @Flag(help: "Derive a copy anew and compare.") var derived = false
    @OptionGroup var output: JSONOutput

    func run() throws {
        let report = try AtlasReader.open(atlas).verify(derivingAnew: derived)
        try output.print(report) {
            report.problems.forEach { print(shown($0)) }
            print(
                report.isSound
                    ? "sound: \(report.blockCount.grouped) blocks unpacked" : "\(report.problems.count) problems")
            if let rows = report.comparedRows {
                let rounding = report.largestRounding ?? 0
                let agreement = rounding > 0 ? ", sums equal within \(Float(rounding)) of their value" : ", all equal"
                print("derived anew: \(rows.grouped) rows compared" + (report.isSound ? agreement : ""))
            }
        }
        if !report.isSound { throw ExitCode.failure }
    }
}
