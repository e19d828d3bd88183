import Safetensors

/// Why a transcoder folder cannot be used: one line that names the file, the place, what was expected and found.
public struct TranscoderError: Error, CustomStringConvertible, Sendable {
    /// The whole line.
    public let description: String

    /// Joins the file, the place in it and the reason; line breaks and control characters are escaped.
    public init(file: String, place: String? = nil, _ reason: String) {
        description = [file, place, reason].compactMap { $0.map(Self.onOneLine) }.joined(separator: ": ")
    }

    /// What another reader of files says, as it is.
    init(_ error: SafetensorsError) { description = error.description }

    /// The longest excerpt of a file that an error repeats, in characters.
    private static let excerptLength = 600

    private static func onOneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(excerptLength) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > excerptLength ? line + "…" : line
    }
}
