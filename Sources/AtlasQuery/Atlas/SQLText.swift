/// A SQL text as far as it must be understood before SQLite may compile it.
///
/// Some pragmas act while they are compiled, even under `EXPLAIN` or after another statement, and change the connection or
/// the whole process without writing to a file, so that SQLite takes them for reading. What is not one statement that
/// begins with a question's words is therefore never compiled.
struct SQLText {
    /// Words that begin a statement which can only read, or which SQLite then tells to be writing (`WITH … DELETE`).
    private static let questions: Set = ["SELECT", "WITH", "VALUES"]

    /// The first words, in capitals; as many as `EXPLAIN QUERY PLAN SELECT` has.
    private(set) var firstWords: [String] = []
    /// Whether something other than spaces and comments follows a semicolon.
    private(set) var hasSecondStatement = false

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var place = 0
        var isEnded = false
        var onlyWords = true
        while place < bytes.count {
            let end = Self.end(ofPieceAt: place, bytes)
            let piece = bytes[place..<end]
            place = end
            if Self.isBlank(piece) { continue }
            if isEnded {
                hasSecondStatement = true
                return
            }
            let isWord = piece.allSatisfy(Self.isLetter)
            if piece.elementsEqual(";".utf8) {
                isEnded = true
            } else if onlyWords, isWord, firstWords.count < 4 {
                firstWords.append(String(decoding: piece, as: UTF8.self).uppercased())
            }
            onlyWords = onlyWords && isWord
        }
    }

    /// Whether it asks a question, or asks how one would be answered.
    var isQuestion: Bool {
        var words = firstWords[...]
        if words.first == "EXPLAIN" {
            words = words.dropFirst()
            if words.starts(with: ["QUERY", "PLAN"]) { words = words.dropFirst(2) }
        }
        return words.first.map { Self.questions.contains($0) } ?? false
    }

    /// Where a run of spaces, a comment, a quoted text or name, a word or a single character ends.
    private static func end(ofPieceAt start: Int, _ bytes: [UInt8]) -> Int {
        func place(after end: String, from place: Int) -> Int {
            let end = Array(end.utf8)
            var place = place
            while place + end.count <= bytes.count {
                if bytes[place..<place + end.count].elementsEqual(end) { return place + end.count }
                place += 1
            }
            return bytes.count
        }
        let rest = bytes[start...]
        switch bytes[start] {
        case UInt8(ascii: "-") where rest.starts(with: "--".utf8): return place(after: "\n", from: start + 2)
        case UInt8(ascii: "/") where rest.starts(with: "/*".utf8): return place(after: "*/", from: start + 2)
        // A doubled quote inside ends one piece and begins the next.
        case let quote where "'\"`".utf8.contains(quote):
            return place(after: String(decoding: [quote], as: UTF8.self), from: start + 1)
        case UInt8(ascii: "["): return place(after: "]", from: start + 1)
        case let first where isSpace(first): return rest.firstIndex { !isSpace($0) } ?? bytes.count
        case let first where isLetter(first): return rest.firstIndex { !isLetter($0) } ?? bytes.count
        default: return start + 1
        }
    }

    private static func isBlank(_ piece: ArraySlice<UInt8>) -> Bool {
        piece.first.map(isSpace) ?? true
            || piece.count > 1 && (piece.starts(with: "--".utf8) || piece.starts(with: "/*".utf8))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
