import Foundation

/// One line of a corpus, as bytes.
struct CorpusLine {
    /// Its number, from 1.
    let number: Int
    /// Its bytes without the line ending.
    let bytes: [UInt8]
    /// What ended it: a line feed, a carriage return, both in this order, or nothing at the end of the file.
    let ending: [UInt8]
}

/// Reads lines through a buffer of fixed size; no more than one line is ever in memory.
///
/// A line ends with a line feed, a carriage return and a line feed, or a carriage return alone, also mixed in one file; the
/// last one may end without. A byte order mark is accepted at the beginning.
final class CorpusLines {
    /// The longest line, in bytes.
    static let limit = 16 * 1024 * 1024
    /// How far the end of a line over the limit is looked for: what has none by then is no text, or was made to be endless.
    private static let searchLimit = 1 << 30

    /// The corpus, as messages name it.
    var name: String { input.name }

    /// The number of lines read so far.
    private(set) var lineCount = 0

    private let input: CorpusInput
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    private var position = 0
    private var end = 0

    /// Reads the lines of `input`.
    init(_ input: CorpusInput) {
        self.input = input
    }

    /// The next line, or `nil` at the end.
    ///
    /// - Throws: `CorpusError`: for a line over the limit, after which the next call gives the line behind it; or one
    ///   that ends the input.
    func next() throws(CorpusError) -> CorpusLine? {
        var line: [UInt8] = []
        var ending: [UInt8] = []
        var length = 0
        while ending.isEmpty, try fill() {
            let upper = lineEnd() ?? end
            length += upper - position
            guard length <= Self.searchLimit else {
                throw CorpusError(
                    file: name, line: lineCount + 1, expected: "at most \(Self.limit) bytes in a line",
                    found: "more than \(Self.searchLimit)", endsInput: true)
            }
            if length <= Self.limit { line.append(contentsOf: buffer[position..<upper]) }
            position = upper
            if position < end { ending = try takeEnding() }
        }
        guard !ending.isEmpty || length > 0 else { return nil }
        lineCount += 1
        guard length <= Self.limit else {
            throw CorpusError(
                file: name, line: lineCount, expected: "at most \(Self.limit) bytes in a line", found: "\(length) bytes"
            )
        }
        if lineCount == 1 { try takeOffMark(&line) }
        return CorpusLine(number: lineCount, bytes: line, ending: ending)
    }

    /// Reads on where all of the buffer has been used; false at the end of the input.
    private func fill() throws(CorpusError) -> Bool {
        guard position == end else { return true }
        end = try input.read(into: &buffer)
        position = 0
        return end > 0
    }

    /// Where the next line ending begins, if it is in the buffer.
    private func lineEnd() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            func find(_ byte: UInt8, before limit: Int) -> Int? {
                memchr(base + position, Int32(byte), limit - position).map { UnsafeRawPointer($0) - base }
            }
            let feed = find(Self.feed, before: end)
            return find(Self.carriageReturn, before: feed ?? end) ?? feed
        }
    }

    /// Steps over the line ending that begins here, and says what it was.
    private func takeEnding() throws(CorpusError) -> [UInt8] {
        let first = buffer[position]
        position += 1
        guard first == Self.carriageReturn, try fill(), buffer[position] == Self.feed else { return [first] }
        position += 1
        return [first, Self.feed]
    }

    private static let feed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private func takeOffMark(_ line: inout [UInt8]) throws(CorpusError) {
        if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        if line.starts(with: [0x1f, 0x8b]) {
            throw CorpusError(
                file: name, expected: "text", found: "gzip data",
                advice: "give the file a name that ends in .gz or pipe it through gzip -dc", endsInput: true)
        }
        if line.starts(with: [0xff, 0xfe]) || line.starts(with: [0xfe, 0xff]) {
            throw CorpusError(
                file: name, expected: "UTF-8", found: "the byte order mark of UTF-16",
                advice: "convert it with iconv -f UTF-16 -t UTF-8", endsInput: true)
        }
    }
}

extension CorpusLines {
    /// The text of `bytes` from `line`, which must be UTF-8 without NUL.
    func text(of bytes: [UInt8], line: Int) throws(CorpusError) -> String {
        guard !bytes.contains(0) else {
            throw CorpusError(
                file: name, line: line, expected: "text without NUL", found: "\(CorpusExcerpt(bytes: bytes))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CorpusError(file: name, line: line, expected: "UTF-8", found: "\(CorpusExcerpt(bytes: bytes))")
        }
        return text
    }

    /// How a record that begins at `line` is named: the file without its folder.
    func place(line: Int) -> String {
        "\(name.split(separator: "/").last ?? "corpus") line \(line)"
    }
}
