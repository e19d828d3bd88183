import Texts

/// A token that is recognised in the text before anything else, such as `<|endoftext|>`.
struct AddedToken: Sendable, Equatable {
    /// Its text.
    let content: String
    /// Whether it is only recognised where no word character touches it.
    var isSingleWord = false
    /// Whether it takes the white space before it along.
    var stripsLeft = false
    /// Whether it takes the white space behind it along.
    var stripsRight = false
    /// Whether it is looked for in the normalized text, in its normalized form.
    var isNormalized = false
    /// Whether it has a meaning of its own and stands for no text.
    var isSpecial = false

    /// Its flags and its text, the same for equal tokens only.
    var summary: String {
        let flags = [isSingleWord, stripsLeft, stripsRight, isNormalized, isSpecial].map { $0 ? "1" : "0" }.joined()
        return flags + " " + content
    }

    static func == (left: AddedToken, right: AddedToken) -> Bool {
        ExactText(left.content) == ExactText(right.content) && left.isSingleWord == right.isSingleWord
            && left.stripsLeft == right.stripsLeft && left.stripsRight == right.stripsRight
            && left.isNormalized == right.isNormalized && left.isSpecial == right.isSpecial
    }
}

extension AddedToken {
    /// Reads one element of a tokenizer file's `added_tokens`, which states every flag.
    init(fromTokenizerFile node: JSONNode) throws(TokenizerError) {
        content = try node.required("content").string()
        isSingleWord = try node.required("single_word").boolean()
        stripsLeft = try node.required("lstrip").boolean()
        stripsRight = try node.required("rstrip").boolean()
        isNormalized = try node.required("normalized").boolean()
        isSpecial = try node.required("special").boolean()
    }

    /// Reads a token of another file, where flags may be left out; then it strips nothing and, if special, is not
    /// normalized.
    ///
    /// - Parameter isSpecial: whether it is special wherever it stands; nil where it says so itself
    init(fromConfiguration node: JSONNode, isSpecial stated: Bool? = nil) throws(TokenizerError) {
        func flag(_ name: String) throws(TokenizerError) -> Bool? { try node.optional(name)?.boolean() }
        let special = try flag("special") ?? false
        let isSpecial = stated ?? special
        content = try node.required("content").string()
        isSingleWord = try flag("single_word") ?? false
        stripsLeft = try flag("lstrip") ?? false
        stripsRight = try flag("rstrip") ?? false
        isNormalized = try flag("normalized") ?? !isSpecial
        self.isSpecial = isSpecial
    }
}
