/// A command line as a person types it.
enum CommandLineText {
    /// This program's own.
    static let own = quoted(CommandLine.arguments)

    /// Words with spaces between, in quotes for a shell where they need some.
    static func quoted(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%".utf8)

    private static func quoted(_ word: String) -> String {
        guard word.isEmpty || !word.utf8.allSatisfy(plain.contains) else { return word }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
