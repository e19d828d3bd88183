/// WordPiece, as BERT's tokenizers have it: a word is cut from its beginning into the longest tokens there are.
struct WordPieceModel: Sendable {
    let vocabulary: ModelVocabulary
    private let tokens: ByteStringTable
    private let unknown: Int
    private let prefix: [UInt8]
    private let longestWord: Int

    /// Appends the tokens of one word; the unknown token where it cannot be cut, or is too long.
    func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int]) {
        let starts = word.indices.filter { word[$0] & 0xC0 != 0x80 } + [word.count]
        guard starts.count - 1 <= longestWord else { return ids.append(unknown) }
        var found: [Int] = []
        var first = 0
        while first < starts.count - 1 {
            var last = starts.count - 1
            var id: Int?
            while last > first {
                let part = word[starts[first]..<starts[last]]
                id = (first > 0 ? prefix + part : Array(part)).withUnsafeBufferPointer { tokens.find($0) }
                if id != nil { break }
                last -= 1
            }
            guard let id else { return ids.append(unknown) }
            found.append(id)
            first = last
        }
        ids += found
    }
}

extension WordPieceModel {
    /// Reads the `model` of a tokenizer file.
    init(from node: JSONNode) throws(TokenizerError) {
        vocabulary = try ModelVocabulary(from: try node.required("vocab"))
        tokens = ByteStringTable(vocabulary.tokens.map { (Array($0.text.utf8), $0.id) })
        let text = try node.optional("unk_token")?.string() ?? "[UNK]"
        guard let unknown = vocabulary.id(of: text) else {
            throw node.error(expected: "the unknown token \"\(text)\" in the vocabulary", found: "none")
        }
        self.unknown = unknown
        prefix = Array((try node.optional("continuing_subword_prefix")?.string() ?? "##").utf8)
        let limit = try node.optional("max_input_chars_per_word")
        longestWord = try limit?.integer() ?? 100
        if let limit, longestWord < 0 { throw limit.unexpected("a number of characters, at least 0") }
    }
}
