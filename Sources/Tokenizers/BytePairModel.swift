import Texts

/// The `model` of a tokenizer file, as written: token texts of byte-level vocabularies are spelled in their alphabet.
struct BytePairModel {
    /// The tokens.
    let vocabulary: ModelVocabulary
    /// The merges by rank.
    let merges: MergeTable
    /// The symbols that pieces start as.
    let alphabet: InitialSymbols
    /// Where pieces may be cut without changing their tokens, for SentencePiece-style vocabularies.
    let boundaries: MergeBoundaries?
    /// Whether a piece that is a token is never merged.
    let ignoresMerges: Bool
}

extension BytePairModel {
    /// Reads and checks the `model` of a tokenizer file.
    ///
    /// - Parameter isByteLevel: whether the file's other parts declare that tokens are made of bytes
    init(from node: JSONNode, isByteLevel: Bool) throws(TokenizerError) {
        try Self.refuseOtherModels(node)
        vocabulary = try ModelVocabulary(from: try node.required("vocab"))
        let (tokens, ids) = (vocabulary.tokens, vocabulary.ids)
        merges = try Self.merges(from: try node.required("merges"), ids: ids)
        ignoresMerges = try node.optional("ignore_merges")?.boolean() ?? false
        if isByteLevel {
            alphabet = .bytes(try Self.byteSymbols(from: node, ids: ids))
            boundaries = nil
            return
        }
        let fallback = try Self.fallbackSymbols(from: node, ids: ids)
        let isComplete = !fallback.contains(InitialSymbols.none)
        let unknown: UnknownSymbol = isComplete ? .dropped : try Self.unknown(from: node, ids: ids)
        let characters = CharacterSymbols(tokens: tokens, byteSymbols: fallback, unknown: unknown)
        alphabet = .characters(characters)
        var opaque = Set(fallback)
        if case .token(let id, _) = unknown { opaque.insert(id) }
        boundaries = MergeBoundaries(tokens: tokens, merges: merges, alphabet: characters, opaque: opaque)
    }

    /// Refuses what is no plain byte-pair encoding.
    private static func refuseOtherModels(_ node: JSONNode) throws(TokenizerError) {
        let supported = "BPE (byte-pair encoding)"
        if let type = try node.optional("type") {
            guard try type.string() == "BPE" else { throw type.unexpected(supported) }
        } else if try node.optional("merges") == nil {
            throw node.error(expected: supported, found: "neither a type nor merges")
        }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = try node.optional(name), try !affix.string().isEmpty {
                throw affix.unexpected("null: byte-pair vocabularies of these families mark no word parts")
            }
        }
        switch try node.optional("dropout")?.value {
        case nil, .integer(0)?, .fraction(0)?: break
        case .some: throw try node.required("dropout").unexpected("null: dropped merges would make encoding random")
        }
    }

    private static func merges(from node: JSONNode, ids: [ExactText: Int]) throws(TokenizerError) -> MergeTable {
        guard case .array(let elements) = node.value else { throw node.unexpected("an array of merges") }
        var table = MergeTable(capacity: elements.count)
        var rank: UInt32 = 0
        for (position, element) in elements.enumerated() {
            func error(_ expected: String, _ found: String) -> TokenizerError {
                TokenizerError(file: node.file, place: "\(node.place)[\(position)]", expected: expected, found: found)
            }
            let pair: (String, String)
            switch element {
            case .string(let line):
                if line.hasPrefix("#version") { continue }
                let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
                guard parts.count == 2 else { throw error("two tokens separated by a space", element.excerpt) }
                pair = (String(parts[0]), String(parts[1]))
            case .array(let parts):
                guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1] else {
                    throw error("a pair of tokens", element.excerpt)
                }
                pair = (left, right)
            default: throw error("\"a b\" or [\"a\", \"b\"]", element.excerpt)
            }
            func id(_ text: String) throws(TokenizerError) -> UInt32 {
                guard let id = ids[ExactText(text)] else {
                    throw error("tokens of the vocabulary", "\"\(text)\", which is not in it")
                }
                return UInt32(id)
            }
            let (left, right, merged) = (try id(pair.0), try id(pair.1), try id(pair.0 + pair.1))
            table.set(left, right, rank: rank, merged: merged)
            rank += 1
        }
        return table
    }

    /// The symbols of a byte-level vocabulary.
    private static func byteSymbols(from node: JSONNode, ids: [ExactText: Int]) throws(TokenizerError) -> ByteSymbols {
        let symbols = ByteLevelAlphabet.characters.map { character in
            ids[ExactText(String(character))].map { UInt32($0) } ?? InitialSymbols.none
        }
        let isComplete = !symbols.contains(InitialSymbols.none)
        let unknown: UnknownSymbol = isComplete ? .dropped : try Self.unknown(from: node, ids: ids)
        if try node.optional("byte_fallback")?.boolean() ?? false {
            for (character, symbol) in zip(ByteLevelAlphabet.characters, symbols) where symbol == InitialSymbols.none {
                guard String(character).utf8.allSatisfy({ ids[ModelVocabulary.byteText($0)] != nil }) else { continue }
                throw node.error(
                    expected: "a byte-level vocabulary that holds the character \"\(character)\"",
                    found: "byte fallback tokens for it, as in SentencePiece-style encodings without ByteLevel")
            }
        }
        return ByteSymbols(symbols: symbols, unknown: unknown)
    }

    /// `[256]`, the tokens that bytes fall back to; none of them where the file does not ask for that.
    private static func fallbackSymbols(
        from node: JSONNode, ids: [ExactText: Int]
    ) throws(TokenizerError) -> [UInt32] {
        let fallsBack = try node.optional("byte_fallback")?.boolean() ?? false
        return (UInt8.min...UInt8.max).map { byte in
            fallsBack
                ? ids[ModelVocabulary.byteText(byte)].map { UInt32($0) } ?? InitialSymbols.none : InitialSymbols.none
        }
    }

    /// What becomes of bytes or characters that the vocabulary does not hold.
    private static func unknown(from node: JSONNode, ids: [ExactText: Int]) throws(TokenizerError) -> UnknownSymbol {
        let fused = try node.optional("fuse_unk")?.boolean() ?? false
        guard let unknown = try node.optional("unk_token") else { return .dropped }
        let text = try unknown.string()
        guard let id = ids[ExactText(text)] else {
            throw unknown.error(expected: "a token of the vocabulary", found: "\"\(text)\", which is not in it")
        }
        return .token(UInt32(id), fused: fused)
    }
}
