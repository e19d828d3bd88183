import ArgumentParser
import Foundation

/// `--json`, the same on every command that prints data.
struct JSONOutput: ParsableArguments {
    @Flag(name: .long, help: "Print JSON instead of text.") var json = false

    /// Prints `value` as JSON, or what `text` prints.
    func print(_ value: some Encodable, text: () -> Void) throws {
        guard json else { return text() }
        StandardOutput.line(String(decoding: try Self.encoder(isPretty: true).encode(value), as: UTF8.self))
    }

    /// Encodes answers; what is no number is a text.
    static func encoder(isPretty: Bool) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }
}
