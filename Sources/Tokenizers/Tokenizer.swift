import Foundation

/// A byte-pair tokenizer, byte-level or SentencePiece-style, read from a Hugging Face `tokenizer.json`.
///
///     let tokenizer = try Tokenizer(folder: modelFolder)
///     let ids = tokenizer.encodePrompt("The capital of France is")
///     print(ids.map(tokenizer.text(of:)))
///
/// Encoding gives the ids of the `tokenizers` library, without special tokens; the file's `truncation`, `padding` and
/// `post_processor` have no part in it. WordPiece and Unigram files are refused.
public struct Tokenizer: Sendable {
    /// One more than the largest token id.
    public var vocabularySize: Int { vocabulary.count }

    /// The token that prompts begin with, if the tokenizer defines one.
    public private(set) var beginningOfSequenceToken: Int?

    let vocabulary: Vocabulary
    /// How tokens become text again, and the tokens as the file spells them; nil where they are made of bytes.
    let spelling: (decoder: TokenDecoder, tokens: Vocabulary)?
    private let encoder: BytePairEncoder
    private let normalizers: [TextNormalizer]
    private let preTokenizers: [PreTokenizer]
    private let literalTokens: AddedTokenMatcher
    private let normalizedTokens: AddedTokenMatcher

    /// Reads `tokenizer.json` in a model folder, and the beginning-of-sequence token from `tokenizer_config.json` or
    /// else from `bos_token_id` of `config.json`.
    public init(folder: URL) throws(TokenizerError) {
        try self.init(contentsOf: folder.appendingPathComponent("tokenizer.json"))
        beginningOfSequenceToken = try BeginningOfSequence.id(
            in: folder, idOf: { [self] in id(of: $0) }, count: vocabularySize)
    }

    /// Reads a tokenizer file alone; there is no beginning-of-sequence token then.
    public init(contentsOf file: URL) throws(TokenizerError) {
        self.init(try TokenizerFile(contentsOf: file))
    }

    private init(_ file: TokenizerFile) {
        normalizers = file.normalizers
        preTokenizers = file.preTokenizers
        beginningOfSequenceToken = nil
        let added = file.addedTokens.map { (bytes: Array($0.content.utf8), id: $0.id) }
        let addedIDs = Set(added.map(\.id))
        let texts = file.model.tokens.map { (bytes: Array($0.text.utf8), id: $0.id) }
        if let decoder = file.decoder {
            encoder = BytePairEncoder(
                alphabet: file.model.alphabet, boundaries: file.model.boundaries, merges: file.model.merges,
                tokens: texts, ignoresMerges: file.model.ignoresMerges)
            let tokens = added + texts.filter { !addedIDs.contains($0.id) }
            spelling = (decoder, Vocabulary(tokens))
            vocabulary = Vocabulary(decoder.shown(tokens))
        } else {
            spelling = nil
            let spelled = file.model.tokens.map { (bytes: ByteLevelAlphabet.bytes(of: $0.text), id: $0.id) }
            let words = spelled.compactMap { token in token.bytes.map { (bytes: $0, id: token.id) } }
            let others = zip(spelled, texts).filter { $0.0.bytes == nil }.map(\.1)
            encoder = BytePairEncoder(
                alphabet: file.model.alphabet, boundaries: nil, merges: file.model.merges, tokens: words,
                ignoresMerges: file.model.ignoresMerges)
            vocabulary = Vocabulary(added + (words + others).filter { !addedIDs.contains($0.id) })
        }
        literalTokens = AddedTokenMatcher(
            file.addedTokens.filter { !$0.isNormalized }.map { ($0, Array($0.content.utf8)) })
        let normalizers = file.normalizers
        normalizedTokens = AddedTokenMatcher(
            file.addedTokens.filter(\.isNormalized).map { token in
                (token, normalizers.reduce(Array(token.content.utf8)) { $1.apply(to: $0) })
            })
    }

    /// The ids of a text's tokens; no special token is added, those written in the text are recognised.
    ///
    /// - Complexity: O(n) for ordinary text, O(n log n) for text without a place to cut
    public func encode(_ text: String) -> [Int] {
        var ids: [Int] = []
        var merging = SymbolMerging()
        let bytes = Array(text.utf8)
        for segment in literalTokens.segments(of: bytes) {
            if let id = segment.id {
                ids.append(id)
            } else {
                encodeWithoutLiteralTokens(
                    Array(bytes[segment.range]), startsText: segment.range.lowerBound == 0, with: &merging, into: &ids)
            }
        }
        return ids
    }

    /// The ids of a prompt: the beginning-of-sequence token, unless the tokenizer defines none or the text begins
    /// with it, then those of the text.
    public func encodePrompt(_ text: String) -> [Int] {
        let ids = encode(text)
        guard let start = beginningOfSequenceToken, ids.first != start else { return ids }
        return [start] + ids
    }

    private func encodeWithoutLiteralTokens(
        _ text: [UInt8], startsText: Bool, with merging: inout SymbolMerging, into ids: inout [Int]
    ) {
        let normalized = normalizers.reduce(text) { $1.apply(to: $0) }
        for segment in normalizedTokens.segments(of: normalized) {
            if let id = segment.id {
                ids.append(id)
            } else {
                var list = PieceList(
                    Array(normalized[segment.range]), startsText: startsText && segment.range.lowerBound == 0)
                for step in preTokenizers { step.apply(to: &list) }
                list.bytes.withUnsafeBufferPointer { bytes in
                    for piece in list.pieces {
                        encoder.encode(UnsafeBufferPointer(rebasing: bytes[piece]), with: &merging, into: &ids)
                    }
                }
            }
        }
    }
}
