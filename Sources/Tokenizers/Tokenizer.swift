import Foundation

/// A tokenizer read from a Hugging Face `tokenizer.json`: byte-pair encoding, byte-level or SentencePiece-style, WordPiece
/// or Unigram.
///
///     let tokenizer = try Tokenizer(folder: modelFolder)
///     let ids = tokenizer.encodePrompt("The capital of France is")
///     print(ids.map(tokenizer.text(of:)))
///
/// Encoding gives the ids of the `tokenizers` library, without special tokens; the file's `truncation`, `padding` and
/// `post_processor` have no part in it.
public struct Tokenizer: Sendable {
    /// One more than the largest token id.
    public var vocabularySize: Int { vocabulary.count }

    /// What is put in front of prompts; nil where nothing is.
    public private(set) var promptStart: PromptStart?

    /// The token that prompts begin with, if the tokenizer defines one.
    public var beginningOfSequenceToken: Int? {
        promptStart?.role == .beginningOfSequence ? promptStart?.token : nil
    }

    /// What the files beside `tokenizer.json` change, in words that are the same for the same changes; empty where they
    /// only name the beginning-of-sequence token. Part of a model's former fingerprint.
    public private(set) var surroundings = ""

    /// SHA-256 over everything that decides which ids a text has and which text an id, in hexadecimal.
    public private(set) var identity = ""

    let vocabulary: Vocabulary
    /// How tokens become text again, and the tokens as the file spells them; nil where they are made of bytes.
    let spelling: (decoder: TokenDecoder, tokens: Vocabulary)?
    private let encoder: PieceEncoder
    private let normalizers: [TextNormalizer]
    private let preTokenizers: [PreTokenizer]
    private let literalTokens: AddedTokenMatcher
    private let normalizedTokens: AddedTokenMatcher

    /// Reads `tokenizer.json` in a model folder, with what its other files say: the added tokens and the special ones in
    /// `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`, and the beginning-of-sequence token
    /// there or in `config.json`.
    public init(folder: URL) throws(TokenizerError) {
        var file = try TokenizerFile(contentsOf: folder.appendingPathComponent("tokenizer.json"))
        let surroundings = try TokenizerFolder(folder)
        let stated = file.addedVocabulary.tokens
        let preTokenizers = file.preTokenizers
        try file.add(surroundings)
        self.init(file)
        let added = file.addedVocabulary
        promptStart = try PromptStart(
            file.specialTokens, configuration: surroundings.modelConfiguration, count: vocabularySize,
            idOf: { added.id(of: $0) })
        identity = try file.identity(start: promptStart)
        self.surroundings =
            added.tokens.filter { stated[$0.key] != $0.value }.sorted { $0.key < $1.key }.map {
                "token \($0.key) \($0.value.summary)\n"
            }.joined()
            + (preTokenizers == file.preTokenizers ? "" : "add_prefix_space reversed\n")
            + (promptStart.flatMap { $0.role == .beginningOfSequence ? nil : "start \($0.token)\n" } ?? "")
    }

    /// Reads a tokenizer file alone; nothing is put in front of prompts then.
    public init(contentsOf file: URL) throws(TokenizerError) {
        let file = try TokenizerFile(contentsOf: file)
        self.init(file)
        identity = try file.identity(start: nil)
    }

    private init(_ file: TokenizerFile) {
        normalizers = file.normalizers
        preTokenizers = file.preTokenizers
        promptStart = nil
        let added = file.addedVocabulary.tokens.sorted { $0.key < $1.key }.map {
            (bytes: Array($0.value.content.utf8), id: $0.key)
        }
        let addedIDs = Set(added.map(\.id))
        let texts = file.model.vocabulary.tokens.map { (bytes: Array($0.text.utf8), id: $0.id) }
        switch file.model {
        case .wordPiece(let model): encoder = .wordPiece(model)
        case .unigram(let model): encoder = .unigram(model)
        case .bytePair(let model):
            let words =
                file.decoder != nil
                ? texts
                : model.vocabulary.tokens.compactMap { token in
                    ByteLevelAlphabet.bytes(of: token.text).map { (bytes: $0, id: token.id) }
                }
            encoder = .bytePair(
                BytePairEncoder(
                    alphabet: model.alphabet, boundaries: model.boundaries, merges: model.merges, tokens: words,
                    ignoresMerges: model.ignoresMerges))
        }
        if let decoder = file.decoder {
            let tokens = added + texts.filter { !addedIDs.contains($0.id) }
            spelling = (decoder, Vocabulary(tokens))
            vocabulary = Vocabulary(decoder.shown(tokens))
        } else {
            spelling = nil
            let spelled = file.model.vocabulary.tokens.map { (bytes: ByteLevelAlphabet.bytes(of: $0.text), id: $0.id) }
            let words = spelled.compactMap { token in token.bytes.map { (bytes: $0, id: token.id) } }
            let others = zip(spelled, texts).filter { $0.0.bytes == nil }.map(\.1)
            vocabulary = Vocabulary(added + (words + others).filter { !addedIDs.contains($0.id) })
        }
        let patterns = file.addedVocabulary.patterns.compactMap { pattern in
            file.addedVocabulary.tokens[pattern.id].map { (pattern, token: $0, bytes: Array(pattern.content.utf8)) }
        }
        literalTokens = AddedTokenMatcher(
            patterns.filter { !$0.0.isNormalized }.map { ($0.token, $0.0.id, $0.bytes) })
        let normalizers = file.normalizers
        normalizedTokens = AddedTokenMatcher(
            patterns.filter(\.0.isNormalized).map { pattern, token, bytes in
                (token, pattern.id, normalizers.reduce(bytes) { $1.apply(to: $0) })
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

    /// The ids of a prompt: those of the text, with ``promptStart`` in front.
    ///
    /// Nothing is put in front of a text that begins with that token or, where there is no beginning-of-sequence token,
    /// with any special one.
    public func encodePrompt(_ text: String) -> [Int] { prompt(encode(text)) }

    /// The same of a text that is encoded already.
    public func prompt(_ ids: [Int]) -> [Int] { startPutInFront(of: ids).map { [$0.token] + ids } ?? ids }

    /// What ``encodePrompt(_:)`` puts in front of a text; nil where it is nothing.
    public func startRecord(of text: String) -> PromptStartRecord? {
        startPutInFront(of: encode(text)).map { PromptStartRecord($0, of: self) }
    }

    private func startPutInFront(of ids: [Int]) -> PromptStart? {
        promptStart.flatMap { $0.precedes(ids) ? $0 : nil }
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
