/// The simple commands of a line of shell, as far as documentation uses it: quotes, comments, pipes, redirections.
struct ShellWords {
    /// Each command's words; variables stay as they are written.
    private(set) var commands: [[String]] = []
    private var words: [String] = []
    private var word: String?
    private var isTarget = false

    init(_ line: String) {
        var quote: Character?
        for letter in line {
            switch (letter, quote) {
            case (quote, .some): quote = nil
            case (_, .some): word?.append(letter)
            case ("'", nil), ("\"", nil):
                quote = letter
                word = word ?? ""
            case ("#", nil) where word == nil:
                endCommand()
                return
            case (" ", nil), ("\n", nil): endWord()
            case ("|", nil), (";", nil), ("&", nil): endCommand()
            case (">", nil), ("<", nil):
                if word == "2" { word = nil }
                endWord()
                isTarget = true
            default: word = (word ?? "") + String(letter)
            }
        }
        endCommand()
    }

    private mutating func endWord() {
        guard let ended = word else { return }
        if !isTarget { words.append(ended) }
        isTarget = false
        word = nil
    }

    private mutating func endCommand() {
        endWord()
        if !words.isEmpty { commands.append(words) }
        (words, isTarget) = ([], false)
    }
}
