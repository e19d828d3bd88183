import Texts

/// The added tokens of a tokenizer, one after the other, with the ids that the reference gives them.
///
/// The reference ignores the ids that files state: a token that the vocabulary has too gets its id there, any other the
/// number of tokens so far. A file that states another is refused, since one of the two would be wrong.
struct AddedVocabulary {
    /// A text to look for in the text itself or, if normalized, in the normalized text.
    struct Pattern {
        let content: String
        let isNormalized: Bool
        let id: Int
    }

    /// The tokens by id, with the flags that were given last.
    private(set) var tokens: [Int: AddedToken] = [:]
    /// What is looked for. A token that was added twice, with other flags, may be here twice.
    private(set) var patterns: [Pattern] = []

    private let modelIDs: [ExactText: Int]
    /// The id of the next new token, unless it is of the vocabulary.
    private var nextID: Int
    private var owners: [Int: ExactText]
    private var ids: [ExactText: Int] = [:]
    private var specialTexts: Set<ExactText> = []

    /// No added tokens yet, beside those of a vocabulary.
    init(_ vocabulary: ModelVocabulary) {
        modelIDs = vocabulary.ids
        nextID = vocabulary.tokens.count
        owners = Dictionary(uniqueKeysWithValues: vocabulary.tokens.map { ($0.id, ExactText($0.text)) })
    }

    /// The id of a text that is a token, added or of the vocabulary.
    func id(of text: String) -> Int? {
        let text = ExactText(text)
        return ids[text] ?? modelIDs[text]
    }

    /// Whether a text is an added token.
    func holds(_ text: String) -> Bool { ids[ExactText(text)] != nil }

    /// Adds a token; one that is there already, flags and all, changes nothing.
    ///
    /// - Parameters:
    ///   - statedID: the id that the file states, if any
    ///   - node: where it stands, for errors
    mutating func add(_ token: AddedToken, statedID: Int?, at node: JSONNode) throws(TokenizerError) {
        guard !token.content.isEmpty else { throw node.error(expected: "a text", found: "an empty one") }
        let text = ExactText(token.content)
        if let statedID, !(0..<ModelVocabulary.idLimit).contains(statedID) {
            throw node.error(expected: "an id from 0 to \(ModelVocabulary.idLimit - 1)", found: "\(statedID)")
        }
        let id = id(of: token.content) ?? nextID
        if let statedID, statedID != id {
            throw node.error(
                expected: "id \(id), which the reference gives \"\(token.content)\"", found: "\(statedID)")
        }
        if let owner = owners.updateValue(text, forKey: id), owner != text {
            throw node.error(
                expected: "an id of its own for \"\(token.content)\"", found: "\(id), which is \"\(owner.string)\"")
        }
        let isNew = tokens[id] != token
        if token.isSpecial, specialTexts.insert(text).inserted {
            patterns.append(Pattern(content: token.content, isNormalized: token.isNormalized, id: id))
        } else if isNew, !specialTexts.contains(text) {
            patterns.append(Pattern(content: token.content, isNormalized: token.isNormalized, id: id))
        }
        nextID = max(nextID, id + 1)
        ids[text] = id
        tokens[id] = token
    }
}

extension AddedVocabulary {
    /// Adds what `added_tokens` of a tokenizer file lists, each once.
    mutating func add(listedIn root: JSONNode) throws(TokenizerError) {
        guard let list = try root.optional("added_tokens") else { return }
        for node in try list.elements() {
            let token = try AddedToken(fromTokenizerFile: node)
            guard !holds(token.content) else {
                throw node.error(expected: "each added token once", found: "\"\(token.content)\" twice")
            }
            try add(token, statedID: try node.required("id").integer(), at: node)
        }
    }
}
