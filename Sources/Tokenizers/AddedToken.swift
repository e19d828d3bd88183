/// A token that is recognised in the text before anything else, such as `<|endoftext|>`.
struct AddedToken: Sendable, Equatable {
    /// Its text.
    let content: String
    /// Its id.
    let id: Int
    /// Whether it is only recognised where no word character touches it.
    let isSingleWord: Bool
    /// Whether it takes the white space before it along.
    let stripsLeft: Bool
    /// Whether it takes the white space behind it along.
    let stripsRight: Bool
    /// Whether it is looked for in the normalized text, in its normalized form.
    let isNormalized: Bool
}

extension AddedToken {
    /// Reads one element of a tokenizer file's `added_tokens`.
    init(from node: JSONNode) throws(TokenizerError) {
        content = try node.required("content").string()
        id = try node.required("id").integer()
        isSingleWord = try node.required("single_word").boolean()
        stripsLeft = try node.required("lstrip").boolean()
        stripsRight = try node.required("rstrip").boolean()
        isNormalized = try node.required("normalized").boolean()
        // Matters to the reference only where it leaves special tokens out; read to refuse a wrong type.
        _ = try node.required("special").boolean()
    }
}
