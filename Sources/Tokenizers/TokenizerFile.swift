import Foundation

/// A checked `tokenizer.json`: everything a ``Tokenizer`` is made of.
struct TokenizerFile {
    let model: TokenModel
    private(set) var addedVocabulary: AddedVocabulary
    let normalizers: [TextNormalizer]
    private(set) var preTokenizers: [PreTokenizer]
    /// How tokens become text again; nil where they are made of bytes.
    let decoder: TokenDecoder?
    /// The tokens with a role, which a tokenizer file alone does not tell.
    private(set) var specialTokens = SpecialTokens()
    let root: JSONNode

    /// Reads and checks a file.
    init(contentsOf url: URL) throws(TokenizerError) {
        root = try JSONNode(contentsOf: url)
        let model = try root.required("model")
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
        self.model = try TokenModel(from: model, isByteLevel: isByteLevel)
        addedVocabulary = AddedVocabulary(self.model.vocabulary)
        try addedVocabulary.add(listedIn: root)
    }

    /// Takes in what the other files of its folder say.
    mutating func add(_ folder: TokenizerFolder) throws(TokenizerError) {
        specialTokens = try addedVocabulary.add(folder, at: root)
        // A step within a sequence is left alone, as in the reference.
        if let addsPrefixSpace = folder.addsPrefixSpace, case .byteLevel(let step)? = preTokenizers.first,
            try root.required("pre_tokenizer").required("type").string() == "ByteLevel"
        {
            preTokenizers = [
                .byteLevel(ByteLevelPreTokenizer(addsPrefixSpace: addsPrefixSpace, usesPattern: step.usesPattern))
            ]
        }
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
}
