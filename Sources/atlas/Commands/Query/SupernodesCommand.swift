import ArgumentParser
import AtlasQuery

struct SupernodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supernodes", abstract: "Features of a circuit that may be treated as one, and what that loses.",
        discussion: """
            Features are alike when they fire together and have like edges. --where limits the prompts that a token's or \
            a feature's circuit is made from, and over which activations are correlated.

              atlas query supernodes --token " Austin" --atlas my.atlas
              atlas query supernodes --prompt two-step-0003 --size 40 --threshold 0.6 --atlas my.atlas
            """)

    @OptionGroup var seed: CircuitSeedOptions
    @OptionGroup var growth: CircuitGrowthOptions
    @Option(help: "The mean similarity, -1 to 1, that groups must have to be merged.") var threshold = 0.5
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard (-1...1).contains(threshold) else {
            throw ValidationError("--threshold: expected a similarity from -1 to 1, found \(threshold)")
        }
    }

    func run() throws {
        let reader = try file.reader()
        let report = try reader.supernodes(
            of: seed.seed(reader), options: growth.options(group: seed.condition), threshold: threshold)
        try output.print(report, lists: [.init("groups", report.groups), .init("alone", report.alone)]) {
            SupernodesText(report).lines.forEach { print($0) }
        }
    }
}
