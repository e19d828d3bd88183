extension Tokenizer {
    /// The text of a sequence of tokens, special ones included.
    ///
    /// Bytes that are no UTF-8 become U+FFFD, one for each maximal part of a scalar. Ids without a token, such as
    /// those that pad a model's vocabulary, stand for nothing, as in the reference. Unlike there, an added token
    /// always stands for its own text, even if that text could be read in the byte-level alphabet.
    ///
    /// SentencePiece-style vocabularies follow the file's decoder: the space that encoding put in front is taken off,
    /// and a run of bytes that is no UTF-8 becomes one U+FFFD a byte.
    public func decode(_ ids: [Int]) -> String {
        if let (decoder, tokens) = spelling {
            let texts = ids.filter(tokens.holds).map { Array(tokens.bytes(of: $0)) }
            return String(decoding: decoder.decode(texts), as: UTF8.self)
        }
        var bytes: [UInt8] = []
        for id in ids { bytes += vocabulary.bytes(of: id) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of one token as it stands within a text, for display; a part of a scalar shows as U+FFFD.
    public func text(of id: Int) -> String {
        String(decoding: vocabulary.bytes(of: id), as: UTF8.self)
    }

    /// The bytes that a token stands for; none for an id without a token.
    public func bytes(of id: Int) -> [UInt8] {
        Array(vocabulary.bytes(of: id))
    }

    /// The single token whose text is exactly this, byte for byte, or nil where there is none.
    public func id(of text: String) -> Int? {
        vocabulary.id(of: Array(text.utf8))
    }
}
