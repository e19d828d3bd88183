import ArgumentParser
import AtlasQuery
import Circuits

struct OperandLabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operand-labels",
        abstract: "What features are called by their activations over the two operands of a template.",
        discussion: """
            The operands are the two tags of most prompts whose values are whole numbers; activations are read at the last \
            token.

              atlas query operand-labels 2/459 3/12 --atlas my.atlas
            """)

    @Argument(help: "Features, layer/index.") var features: [FeatureID]
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var output: ListOutput

    func run() throws {
        let report = try file.reader().operandLabels(of: features)
        try output.print(report, lists: [.init("features", report.features)]) {
            print(
                report.rowTag.map {
                    "operands \(shown($0)) and \(shown(report.columnTag ?? "")), \(report.cellCount.grouped) cells"
                }
                    ?? "the corpus is no operand grid: no two tags have whole numbers only")
            var table = TextTable(["feature", "class", ">R²", "called"])
            for row in report.features {
                table.add(["\(row.feature)", row.kind.rawValue, row.explained?.fixed(2) ?? "", row.label ?? ""])
            }
            table.lines.forEach { print($0) }
        }
    }
}
