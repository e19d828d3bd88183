import ArgumentParser
import Foundation

/// `--json`, the same on every command that prints data.
struct JSONOutput: ParsableArguments {
    @Flag(name: .long, help: "Print JSON instead of text.") var json = false

    /// Prints `value` as JSON, or what `text` prints.
    func print(_ value: some Encodable, text: () -> Void) throws {
        guard json else { return text() }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        StandardOutput.line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
