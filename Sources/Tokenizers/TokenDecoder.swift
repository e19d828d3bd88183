/// How the texts of tokens become a text again, for vocabularies whose tokens are made of characters.
///
/// Steps run in file order, each on the list of texts that the one before leaves, as in the reference. A file without a
/// decoder puts a space between its tokens.
struct TokenDecoder: Sendable {
    /// One step.
    enum Step: Sendable, Equatable {
        /// Replaces every match in each text.
        case replace(TextPattern, by: [UInt8])
        /// Turns runs of byte tokens such as `<0xE2>` into the text they spell; each into U+FFFD if that is no UTF-8.
        case byteFallback
        /// Joins all texts into one.
        case fuse
        /// Takes characters off both ends of each text, at most so many.
        case strip([UInt8], start: Int, stop: Int)
        /// Writes the replacement character as a space; in the first text as nothing, if `dropsFirst`.
        case metaspace([UInt8], dropsFirst: Bool)
        /// Joins a token that begins with the prefix to the one before, and puts a space before any other.
        case wordPiece(prefix: [UInt8], cleans: Bool)
        /// Writes the suffix of a token as a space; of the last one as nothing.
        case suffix([UInt8])
    }

    /// The steps; nil where the file has no decoder.
    let steps: [Step]?

    /// The text of tokens.
    func decode(_ tokens: [[UInt8]]) -> [UInt8] {
        guard let steps else { return Array(tokens.joined(separator: Step.space)) }
        return Array(steps.reduce(tokens) { $1.apply(to: $0) }.joined())
    }

    /// Tokens with the bytes that each stands for in the midst of a text, where no end is stripped.
    ///
    /// Tokens of bytes come last: a text is rather found as the token of its character.
    func shown(_ tokens: [(bytes: [UInt8], id: Int)]) -> [(bytes: [UInt8], id: Int)] {
        var texts: [(bytes: [UInt8], id: Int)] = []
        var bytes: [(bytes: [UInt8], id: Int)] = []
        for (token, id) in tokens {
            let shown = (steps ?? []).reduce((text: token, isByte: false)) { shown, step in
                switch step {
                case .replace(let pattern, let content): (pattern.replaced(in: shown.text, by: content), shown.isByte)
                case .metaspace(let replacement, _):
                    (LiteralPattern(bytes: replacement).replaced(in: shown.text, by: Step.space), shown.isByte)
                case .byteFallback: Step.byte(of: shown.text).map { ([$0], true) } ?? shown
                case .wordPiece(let prefix, _):
                    (
                        shown.text.starts(with: prefix) ? Array(shown.text[prefix.count...]) : Step.space + shown.text,
                        false
                    )
                case .suffix(let suffix):
                    (LiteralPattern(bytes: suffix).replaced(in: shown.text, by: Step.space), shown.isByte)
                case .fuse, .strip: shown
                }
            }
            if shown.isByte { bytes.append((shown.text, id)) } else { texts.append((shown.text, id)) }
        }
        return texts + bytes
    }
}

extension TokenDecoder.Step {
    fileprivate static let space = [UInt8(ascii: " ")]

    fileprivate func apply(to texts: [[UInt8]]) -> [[UInt8]] {
        switch self {
        case .replace(let pattern, let content): texts.map { pattern.replaced(in: $0, by: content) }
        case .byteFallback: Self.joiningBytes(texts)
        case .fuse: [Array(texts.joined())]
        case .strip(let character, let start, let stop):
            texts.map { Self.stripped($0, of: character, start: start, stop: stop) }
        case .metaspace(let replacement, let dropsFirst):
            texts.enumerated().map { index, text in
                LiteralPattern(bytes: replacement).replaced(
                    in: text, by: index == 0 && dropsFirst ? [] : Self.space)
            }
        case .wordPiece(let prefix, let cleans):
            texts.enumerated().map { index, text in
                guard index > 0 else { return cleans ? Self.cleaned(text) : text }
                let joined = text.starts(with: prefix) ? Array(text[prefix.count...]) : Self.space + text
                return cleans ? Self.cleaned(joined) : joined
            }
        case .suffix(let suffix):
            texts.enumerated().map { index, text in
                LiteralPattern(bytes: suffix).replaced(in: text, by: index == texts.count - 1 ? [] : Self.space)
            }
        }
    }

    /// Takes the spaces before English punctuation and contractions off, as the reference does.
    private static func cleaned(_ text: [UInt8]) -> [UInt8] {
        [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
            (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
        ].reduce(text) { text, change in
            LiteralPattern(bytes: Array(change.0.utf8)).replaced(in: text, by: Array(change.1.utf8))
        }
    }

    private static func joiningBytes(_ texts: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var run: [UInt8] = []
        func flush() {
            guard !run.isEmpty else { return }
            let isText = String(validating: run, as: UTF8.self) != nil
            result += isText ? [run] : run.map { _ in Array("\u{FFFD}".utf8) }
            run = []
        }
        for text in texts {
            if let byte = byte(of: text) {
                run.append(byte)
            } else {
                flush()
                result.append(text)
            }
        }
        flush()
        return result
    }

    /// The byte that a text such as `<0x0A>` stands for.
    fileprivate static func byte(of text: [UInt8]) -> UInt8? {
        guard text.count == 6, text.starts(with: "<0x".utf8), text[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
    }

    private static func stripped(_ text: [UInt8], of character: [UInt8], start: Int, stop: Int) -> [UInt8] {
        var text = text[...]
        var count = 0
        while count < start, text.starts(with: character) {
            text = text.dropFirst(character.count)
            count += 1
        }
        count = 0
        while count < stop, !text.isEmpty, text.suffix(character.count).elementsEqual(character) {
            text = text.dropLast(character.count)
            count += 1
        }
        return Array(text)
    }
}

extension TokenDecoder {
    /// Reads the `decoder` of a tokenizer file, sequences flattened.
    init(from node: JSONNode?) throws(TokenizerError) {
        steps = if let node { try Self.flattened(node) } else { nil }
    }

    private static func flattened(_ node: JSONNode) throws(TokenizerError) -> [Step] {
        let type = try node.required("type")
        switch try type.string() {
        case "Replace":
            return [
                .replace(
                    try TextPattern(from: try node.required("pattern")),
                    by: Array(try node.required("content").string().utf8))
            ]
        case "ByteFallback": return [.byteFallback]
        case "Fuse": return [.fuse]
        case "Strip":
            let content = try node.required("content")
            let text = try content.string()
            guard text.unicodeScalars.count == 1 else { throw content.unexpected("one character") }
            return [
                .strip(
                    Array(text.utf8), start: try count(node.required("start")), stop: try count(node.required("stop")))
            ]
        case "Metaspace":
            let step = try MetaspacePreTokenizer(from: node)
            return [.metaspace(step.replacement, dropsFirst: step.prefix != .never)]
        case "WordPiece":
            return [
                .wordPiece(
                    prefix: Array((try node.optional("prefix")?.string() ?? "##").utf8),
                    cleans: try node.optional("cleanup")?.boolean() ?? true)
            ]
        case "BPEDecoder":
            let suffix = try node.required("suffix")
            let text = try suffix.string()
            guard !text.isEmpty else { throw suffix.unexpected("a text") }
            return [.suffix(Array(text.utf8))]
        case "Sequence":
            var steps: [Step] = []
            for element in try node.required("decoders").elements() { steps += try flattened(element) }
            return steps
        default:
            throw type.unexpected(
                "Replace, ByteFallback, Fuse, Strip, Metaspace, WordPiece, BPEDecoder or a Sequence of them")
        }
    }

    private static func count(_ node: JSONNode) throws(TokenizerError) -> Int {
        let count = try node.integer()
        guard count >= 0 else { throw node.unexpected("how many characters, at least 0") }
        return count
    }
}
