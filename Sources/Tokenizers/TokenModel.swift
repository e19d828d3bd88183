/// The `model` of a tokenizer file: how a piece becomes tokens.
enum TokenModel {
    case bytePair(BytePairModel)
    case wordPiece(WordPieceModel)
    case unigram(UnigramModel)

    /// The tokens.
    var vocabulary: ModelVocabulary {
        switch self {
        case .bytePair(let model): model.vocabulary
        case .wordPiece(let model): model.vocabulary
        case .unigram(let model): model.vocabulary
        }
    }
}

extension TokenModel {
    /// Reads and checks the model; older files do not name its type.
    ///
    /// - Parameter isByteLevel: whether the file's other parts declare that tokens are made of bytes
    init(from node: JSONNode, isByteLevel: Bool) throws(TokenizerError) {
        let type = try node.optional("type")
        let name: String = if let type { try type.string() } else { try Self.kind(of: node) }
        guard !isByteLevel || name == "BPE" else {
            throw node.error(expected: "a BPE model beside ByteLevel", found: name)
        }
        switch name {
        case "BPE": self = .bytePair(try BytePairModel(from: node, isByteLevel: isByteLevel))
        case "WordPiece": self = .wordPiece(try WordPieceModel(from: node))
        case "Unigram": self = .unigram(try UnigramModel(from: node))
        default: throw (type ?? node).unexpected("BPE, WordPiece or Unigram")
        }
    }

    private static func kind(of node: JSONNode) throws(TokenizerError) -> String {
        if try node.optional("merges") != nil { return "BPE" }
        if try node.optional("unk_id") != nil { return "Unigram" }
        if try node.optional("max_input_chars_per_word") != nil { return "WordPiece" }
        throw node.error(expected: "BPE, WordPiece or Unigram", found: "no type, and fields of none of them")
    }
}

/// Turns pieces into tokens.
enum PieceEncoder: Sendable {
    case bytePair(BytePairEncoder)
    case wordPiece(WordPieceModel)
    case unigram(UnigramModel)

    /// Appends the tokens of one piece.
    func encode(_ piece: UnsafeBufferPointer<UInt8>, with merging: inout SymbolMerging, into ids: inout [Int]) {
        switch self {
        case .bytePair(let encoder): encoder.encode(piece, with: &merging, into: &ids)
        case .wordPiece(let model): model.encode(piece, into: &ids)
        case .unigram(let model): model.encode(piece, into: &ids)
        }
    }
}
