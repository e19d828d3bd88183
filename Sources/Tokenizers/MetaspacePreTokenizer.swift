/// The `Metaspace` step: writes spaces as a visible character, `▁`, puts one in front, and cuts before each.
struct MetaspacePreTokenizer: Sendable, Equatable {
    /// Where a replacement character is put in front of a piece that has none.
    enum Prefix: String {
        case always
        /// Only at the very start of the text.
        case first
        case never
    }

    /// The character that spaces become.
    let replacement: [UInt8]
    let prefix: Prefix
    /// Whether a piece is cut before each replacement character.
    let cuts: Bool

    private static let space = LiteralPattern(bytes: [UInt8(ascii: " ")])

    /// Changes and cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        let pattern = LiteralPattern(bytes: replacement)
        var result = PieceList([], startsText: text.startsText)
        result.bytes.reserveCapacity(text.bytes.count + replacement.count)
        for piece in text.pieces {
            let start = result.bytes.count
            let replaced = Self.space.replaced(in: Array(text.bytes[piece]), by: replacement)
            let isPrefixed = prefix == .always || prefix == .first && text.startsText && piece.lowerBound == 0
            if isPrefixed, !replaced.starts(with: replacement) { result.bytes += replacement }
            result.bytes += replaced
            var cut = start
            if cuts {
                for match in pattern.matches(in: result.bytes, start..<result.bytes.count)
                where match.lowerBound > cut {
                    result.pieces.append(cut..<match.lowerBound)
                    cut = match.lowerBound
                }
            }
            result.pieces.append(cut..<result.bytes.count)
        }
        text = result
    }
}

extension MetaspacePreTokenizer {
    /// Reads the step from a tokenizer file, older ones included: `add_prefix_space: false` means never.
    init(from node: JSONNode) throws(TokenizerError) {
        let character = try node.required("replacement")
        let text = try character.string()
        guard text.unicodeScalars.count == 1 else { throw character.unexpected("one character") }
        replacement = Array(text.utf8)
        cuts = try node.optional("split")?.boolean() ?? true
        let scheme = try node.optional("prepend_scheme")
        var prefix = Prefix.always
        if let scheme {
            guard let known = Prefix(rawValue: try scheme.string()) else {
                throw scheme.unexpected("\"always\", \"first\" or \"never\"")
            }
            prefix = known
        }
        if let flag = try node.optional("add_prefix_space"), try !flag.boolean() {
            guard scheme == nil || prefix == .never else {
                throw flag.error(expected: "true, or prepend_scheme \"never\"", found: "false with another scheme")
            }
            // Without a scheme the reference takes "always", and refuses the contradiction.
            guard scheme != nil else {
                throw flag.error(expected: "prepend_scheme \"never\" beside it", found: "no prepend_scheme")
            }
        }
        self.prefix = prefix
    }
}
