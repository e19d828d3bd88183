import ArgumentParser
import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits
import Foundation

struct SteerTextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steer-text", abstract: "Continue a text as it is and with features set, and a dose curve.",
        discussion: """
            A setting is LAYER/INDEX@POSITIONS=VALUE; a value that begins with x multiplies what is there, and positions as 12- \
            cover what is generated too. At dose d a multiple m multiplies by 1 + d (m - 1), and a value is d times as large.

              atlas query steer-text "calc: 36+59=" --set 2/157@3-=x3 --count 4 --model MODEL --transcoders DIR \\
                --atlas my.atlas
              atlas query steer-text "calc: 36+59=" --set 2/157@3-=x0 --doses 0,0.5,1,2 --watch 9 --watch 8 \\
                --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @Argument(help: "The text; the beginning-of-sequence token is put in front.") var text: String
    @Option(name: .customLong("set"), help: "What to set; may be given many times.") var settings: [FeatureSetting] = []
    @Option(help: "Tokens that the text is continued by.") var count = SteeredTextOptions().count
    @Option(help: "Draw tokens at this temperature; the most likely ones unless given.") var temperature: Double?
    @Option(help: "The same seed draws the same tokens.") var seed: UInt64 = 0
    @Option(help: ArgumentHelp("How much of what is set, with commas between.", valueName: "d,d,…")) var doses: String?
    @Option(
        help: ArgumentHelp(
            "A token that the doses tell of, by its text or as #ID; may be given many times.", valueName: "token"))
    var watch: [String] = []
    @OptionGroup var model: ReplacementModelOptions
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        guard !settings.isEmpty else { throw ValidationError("expected something to set: --set") }
        try requireCount(count, "--count")
        if let temperature { try requirePositive(temperature, "--temperature") }
        _ = try doseValues()
    }

    private func doseValues() throws -> [Double] {
        try (doses?.split(separator: ",", omittingEmptySubsequences: false) ?? []).map { text in
            guard let dose = Double(text), dose.isFinite, dose.magnitude <= 100 else {
                throw ValidationError("--doses: expected numbers from -100 to 100 with commas between, found \(text)")
            }
            return dose
        }
    }

    func run() throws {
        let reader = try file.reader()
        var options = SteeredTextOptions()
        options.count = count
        options.temperature = temperature
        options.seed = seed
        options.doses = try doseValues()
        options.watched = try watch.map { try reader.tokenNamed($0) }
        let interventions = settings.map(\.intervention)
        for setting in interventions { try reader.requireFeature(setting.feature) }
        let attributor = try model.attributor(for: reader)
        let tokens = attributor.model.tokenizer.encodePrompt(text)
        let report = try reader.steeredText(
            text, tokens: tokens, interventions: interventions, attributor: attributor, options: options)
        try output.print(
            report,
            lists: [.init("plain", report.plain), .init("steered", report.steered), .init("doses", report.doses)]
        ) { lines(report).forEach { print($0) } }
    }

    private func lines(_ report: SteeredTextReport) -> [String] {
        func line(_ title: String, _ steps: [SteeredTextReport.Step]) -> String {
            "\(title)\(steps.map { shown($0.text) }.joined(separator: "|"))"
        }
        var table = TextTable([">dose"] + report.watched.map { ">\"\(shown($0.text))\"" } + [">difference"])
        for dose in report.doses {
            table.add(
                [dose.dose.fixed(2)] + dose.probabilities.map { $0.fixed(4) } + [dose.difference?.signed(3) ?? ""])
        }
        return [
            "set      " + report.settings.joined(separator: "  "), line("plain    ", report.plain),
            line("steered  ", report.steered),
        ]
            + (report.doses.isEmpty ? [] : [""] + table.lines)
    }
}
