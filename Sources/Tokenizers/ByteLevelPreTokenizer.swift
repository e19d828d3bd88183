/// The `ByteLevel` step: optionally a space in front of every piece, then optionally GPT-2's pattern.
struct ByteLevelPreTokenizer: Sendable, Equatable {
    /// Whether a piece that does not start with a space gets one.
    let addsPrefixSpace: Bool
    /// Whether pieces are cut by ``GPT2Pattern``.
    let usesPattern: Bool

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        if addsPrefixSpace { addPrefixSpaces(to: &text) }
        if usesPattern { text.cut(GPT2Pattern.endOfMatch) }
    }

    private func addPrefixSpaces(to text: inout PieceList) {
        let space = UInt8(ascii: " ")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.bytes.count + text.pieces.count)
        var pieces: [Range<Int>] = []
        pieces.reserveCapacity(text.pieces.count)
        for piece in text.pieces {
            let start = bytes.count
            if text.bytes[piece.lowerBound] != space { bytes.append(space) }
            bytes.append(contentsOf: text.bytes[piece])
            pieces.append(start..<bytes.count)
        }
        text.bytes = bytes
        text.pieces = pieces
    }
}

extension ByteLevelPreTokenizer {
    /// Reads the step from a tokenizer file; `use_regex` came later than the others and is true where absent.
    init(from node: JSONNode) throws(TokenizerError) {
        addsPrefixSpace = try node.required("add_prefix_space").boolean()
        usesPattern = try node.optional("use_regex")?.boolean() ?? true
    }
}
