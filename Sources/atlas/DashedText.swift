import Texts

/// Explains a wrong usage that comes of a text beginning with `-`, which the parser takes for an option.
struct DashedText {
    /// The first argument that can be no option of any command.
    private let text: String?

    /// Looks through what stands behind the program's name.
    init(_ arguments: some Sequence<String>) {
        text = arguments.prefix { $0 != "--" }.first { $0.hasPrefix("-") && $0 != "-" && !Self.isOption($0) }
    }

    /// The parser's message with what to write instead; as it is where no such text is to blame.
    func explained(_ message: String) -> String {
        guard let text else { return message }
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[0] += "; " + Self.advice(text)
        return lines.joined(separator: "\n")
    }

    /// What is wrong where the parser shows a command's help although nobody asked for it: a letter h somewhere in the
    /// text counts as `-h` with it. Nil where no such text is to blame.
    var errorInsteadOfHelp: String? { text.map { "Error: Unknown option '\($0)'; " + Self.advice($0) } }

    private static func advice(_ text: String) -> String {
        """
        a text that begins with - is taken for an option: write -- before it, last of all, as in: \
        atlas … -- '\(text)', or for an option's value --option='\(text)'
        """
    }

    /// `-x` or `--name`, also with `=VALUE`.
    private static func isOption(_ argument: String) -> Bool {
        let name = argument.splitExactly(at: "=", maximumCount: 2)[0].utf8
        let isLong = name.starts(with: "--".utf8)
        let letters = name.dropFirst(isLong ? 2 : 1)
        guard let first = letters.first, isLetter(first), isLong || letters.count == 1 else { return false }
        return letters.allSatisfy {
            isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
