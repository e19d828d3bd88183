import Foundation

/// A checked `tokenizer.json`: everything a ``Tokenizer`` is made of.
struct TokenizerFile {
    let model: BytePairModel
    let addedTokens: [AddedToken]
    let normalizers: [TextNormalizer]
    let preTokenizers: [PreTokenizer]
    /// How tokens become text again; nil where they are made of bytes.
    let decoder: TokenDecoder?

    /// Reads and checks a file.
    init(contentsOf url: URL) throws(TokenizerError) {
        let root = try JSONNode(contentsOf: url)
        let model = try root.required("model")
        // Asked first: a WordPiece or Unigram file is best refused by its model's name.
        if let type = try model.optional("type"), try type.string() != "BPE" {
            throw type.unexpected("BPE (byte-pair encoding)")
        }
        normalizers = if let node = try root.optional("normalizer") { try TextNormalizer.steps(from: node) } else { [] }
        preTokenizers =
            if let node = try root.optional("pre_tokenizer") { try PreTokenizer.steps(from: node) } else { [] }
        let decoderNode = try root.optional("decoder")
        let isByteLevel = preTokenizers.contains(where: \.isByteLevel)
        if isByteLevel {
            if let decoderNode { try Self.checkByteLevelDecoder(decoderNode) }
            decoder = nil
        } else {
            decoder = try TokenDecoder(from: decoderNode)
        }
        self.model = try BytePairModel(from: model, isByteLevel: isByteLevel)
        addedTokens = try Self.addedTokens(from: root, model: self.model)
    }

    /// Refuses a decoder that does not turn byte-level texts into bytes.
    private static func checkByteLevelDecoder(_ node: JSONNode) throws(TokenizerError) {
        let type = try node.required("type")
        switch try type.string() {
        case "ByteLevel": return
        case "Sequence":
            for element in try node.required("decoders").elements() {
                if try element.required("type").string() == "ByteLevel" { return }
            }
            throw node.error(expected: "a sequence with ByteLevel", found: "one without it")
        default: throw type.unexpected("ByteLevel or a Sequence with it, as the pre-tokenizer has")
        }
    }

    /// Reads `added_tokens`.
    ///
    /// The reference ignores their ids: a token that the vocabulary has too gets its id there, any other the number
    /// of tokens so far. A file that says otherwise is refused, since one of the two would be wrong.
    private static func addedTokens(
        from root: JSONNode, model: BytePairModel
    ) throws(TokenizerError) -> [AddedToken] {
        guard let list = try root.optional("added_tokens") else { return [] }
        var owners = Dictionary(uniqueKeysWithValues: model.tokens.map { ($0.id, ExactText(text: $0.text)) })
        var seen: Set<ExactText> = []
        var nextID = model.tokens.count
        var tokens: [AddedToken] = []
        for node in try list.elements() {
            let token = try AddedToken(from: node)
            let text = ExactText(text: token.content)
            guard !token.content.isEmpty else { throw node.error(expected: "a text", found: "an empty one") }
            guard seen.insert(text).inserted else {
                throw node.error(expected: "each added token once", found: "\"\(token.content)\" twice")
            }
            guard (0..<BytePairModel.idLimit).contains(token.id) else {
                throw node.error(expected: "an id from 0 to \(BytePairModel.idLimit - 1)", found: "\(token.id)")
            }
            let id = model.ids[text] ?? nextID
            guard token.id == id else {
                throw node.error(expected: "id \(id), which the reference gives this token", found: "\(token.id)")
            }
            nextID = max(nextID, id + 1)
            if let owner = owners.updateValue(text, forKey: token.id), owner != text {
                throw node.error(expected: "an id of its own", found: "\(token.id), which is \"\(owner.text)\"")
            }
            tokens.append(token)
        }
        return tokens
    }
}
