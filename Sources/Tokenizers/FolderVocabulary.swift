import Texts

/// Adds to a tokenizer what the other files of its folder say, in the order of transformers 4.
extension AddedVocabulary {
    /// Adds the tokens of a folder's files.
    ///
    /// - Returns: the tokens with a role, those of the tokenizer's class included
    mutating func add(_ folder: TokenizerFolder, at root: JSONNode) throws(TokenizerError) -> SpecialTokens {
        var special = folder.specialTokens
        for (role, text) in folder.assumed where id(of: text) != nil { special.assume(role, is: text, at: root) }
        var known: [ExactText: AddedToken] = [:]
        if folder.replacesFlags {
            for stated in folder.addedTokens { known[ExactText(stated.token.content)] = stated.token }
        } else {
            for token in tokens.values { known[ExactText(token.content)] = token }
        }
        special.takeFlags(from: known)
        let specialTexts = Set(special.all.map { ExactText($0.token.content) })
        var added: [AddedToken] = []
        for stated in folder.addedTokens {
            var token = stated.token
            if specialTexts.contains(ExactText(token.content)) { token.isSpecial = true }
            // What tokenizer.json has too keeps its flags, unless the file is one that replaces them.
            let isKept = !folder.replacesFlags && holds(token.content)
            if isKept, let known = known[ExactText(token.content)] { token = known }
            try add(token, statedID: stated.id, at: stated.node)
            added.append(token)
        }
        for mention in special.all {
            if mention.isText ? holds(mention.token.content) : added.contains(mention.token) { continue }
            try add(mention.token, statedID: nil, at: mention.node)
        }
        return special
    }
}
