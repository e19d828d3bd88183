import Texts

/// The tokens of a tokenizer file's `model`, as written: texts of byte-level vocabularies are spelled in their alphabet.
struct ModelVocabulary: Sendable {
    /// Token texts and ids; both distinct.
    let tokens: [(text: String, id: Int)]
    /// The ids by text, compared byte by byte.
    let ids: [ExactText: Int]

    /// One past the largest id that is accepted: sixteen times the largest published vocabulary, so that a mistaken
    /// id cannot ask for gigabytes.
    static let idLimit = 1 << 22

    /// The id of a text.
    func id(of text: String) -> Int? { ids[ExactText(text)] }

    /// How the token of a byte is written: `<0x0A>`.
    static func byteText(_ byte: UInt8) -> ExactText {
        let digits = String(byte, radix: 16, uppercase: true)
        return ExactText(byte < 16 ? "<0x0\(digits)>" : "<0x\(digits)>")
    }

    /// `[256]`, the token of each byte, such as `<0x0A>`; nil where there is none.
    var byteTokens: [Int?] { (UInt8.min...UInt8.max).map { ids[Self.byteText($0)] } }
}

extension ModelVocabulary {
    /// Tokens in order of their ids, each once.
    init(_ tokens: [(text: String, id: Int)], at node: JSONNode) throws(TokenizerError) {
        guard !tokens.isEmpty else { throw node.error(expected: "at least one token", found: "none") }
        guard tokens.count <= Self.idLimit else {
            throw node.error(expected: "at most \(Self.idLimit) tokens", found: "\(tokens.count)")
        }
        self.tokens = tokens
        ids = try Self.ids(of: tokens, at: node)
    }

    /// Reads an object of texts and ids.
    init(from node: JSONNode) throws(TokenizerError) {
        tokens = try Self.tokens(from: node)
        ids = try Self.ids(of: tokens, at: node)
    }

    private static func ids(
        of tokens: [(text: String, id: Int)], at node: JSONNode
    ) throws(TokenizerError) -> [ExactText: Int] {
        var ids: [ExactText: Int] = [:]
        ids.reserveCapacity(tokens.count)
        for (text, id) in tokens {
            guard ids.updateValue(id, forKey: ExactText(text)) == nil else {
                throw node.error(expected: "each token once", found: "\"\(text)\" twice")
            }
        }
        return ids
    }

    private static func tokens(from node: JSONNode) throws(TokenizerError) -> [(text: String, id: Int)] {
        guard case .object(let members) = node.value else { throw node.unexpected("an object of tokens and ids") }
        var owners = [String?](repeating: nil, count: members.count)
        var tokens: [(text: String, id: Int)] = []
        tokens.reserveCapacity(members.count)
        for member in members {
            guard case .integer(let id) = member.value, (0..<idLimit).contains(id) else {
                throw TokenizerError(
                    file: node.file, place: "\(node.place)[\"\(member.name)\"]",
                    expected: "an id from 0 to \(idLimit - 1)", found: member.value.excerpt)
            }
            if id >= owners.count { owners += [String?](repeating: nil, count: id + 1 - owners.count) }
            if let owner = owners[id] {
                throw node.error(expected: "each id once", found: "\(id) for both \"\(owner)\" and \"\(member.name)\"")
            }
            owners[id] = member.name
            tokens.append((member.name, id))
        }
        guard !tokens.isEmpty else { throw node.error(expected: "at least one token", found: "none") }
        return tokens
    }
}
