import Texts

/// The tokens that a model folder gives a role, in the order in which the reference lists them.
struct SpecialTokens {
    /// A role that a token may have.
    enum Role: String, CaseIterable {
        case beginningOfSequence = "bos_token"
        case endOfSequence = "eos_token"
        case unknown = "unk_token"
        case separator = "sep_token"
        case padding = "pad_token"
        case classification = "cls_token"
        case mask = "mask_token"
    }

    /// A token that is written as its text or as an object.
    struct Mention {
        /// With the flags that it has if it is added.
        let token: AddedToken
        /// Whether only its text is written.
        let isText: Bool
        let node: JSONNode
    }

    /// What each role is said to be; a nil inside where it is said to be none.
    private(set) var roles: [Role: Mention?] = [:]
    /// `additional_special_tokens`, and `extra_special_tokens` of later files.
    private(set) var additional: [Mention] = []

    /// All of them, each once.
    var all: [Mention] {
        var seen: Set<ExactText> = []
        return (Role.allCases.compactMap { roles[$0] ?? nil } + additional).filter {
            seen.insert(ExactText($0.token.content)).inserted
        }
    }

    /// Whether anything is said of a role, be it that no token has it.
    func mentions(_ role: Role) -> Bool { roles[role] != nil }

    /// The token of a role.
    func token(_ role: Role) -> Mention? { roles[role] ?? nil }
}

extension SpecialTokens {
    /// Takes in what a file says; what it says of a role replaces what was said before.
    mutating func read(_ root: JSONNode) throws(TokenizerError) {
        for role in Role.allCases where try root.has(role.rawValue) {
            guard let node = try root.optional(role.rawValue) else {
                roles[role] = .some(nil)
                continue
            }
            roles[role] = try Self.mention(node)
        }
        for name in ["additional_special_tokens", "extra_special_tokens"] {
            guard let node = try root.optional(name) else { continue }
            for element in try Self.elements(node, mayBeObject: name == "extra_special_tokens") {
                let mention = try Self.mention(element)
                if !additional.contains(where: { $0.token == mention.token }) { additional.append(mention) }
            }
        }
    }

    /// `extra_special_tokens` names its tokens in transformers 4 and lists them in 5.
    private static func elements(_ node: JSONNode, mayBeObject: Bool) throws(TokenizerError) -> [JSONNode] {
        guard mayBeObject, case .object(let members) = node.value else { return try node.elements() }
        return members.map { JSONNode(value: $0.value, file: node.file, place: "\(node.place).\($0.name)") }
    }

    private static func mention(_ node: JSONNode) throws(TokenizerError) -> Mention {
        switch node.value {
        case .object:
            return Mention(token: try AddedToken(fromConfiguration: node, isSpecial: true), isText: false, node: node)
        case .string(let text):
            return Mention(token: AddedToken(content: text, isSpecial: true), isText: true, node: node)
        default: throw node.unexpected("a token's text, an object with its content, or null")
        }
    }

    /// Gives a role to a token where no file says anything of it.
    mutating func assume(_ role: Role, is text: String, at node: JSONNode) {
        guard !mentions(role) else { return }
        roles[role] = Mention(token: AddedToken(content: text, isSpecial: true), isText: true, node: node)
    }

    /// Takes the flags of tokens that are known by their text from elsewhere, as the reference does.
    mutating func takeFlags(from known: [ExactText: AddedToken]) {
        for (role, mention) in roles {
            guard let mention, var token = known[ExactText(mention.token.content)] else { continue }
            token.isSpecial = true
            roles[role] = Mention(token: token, isText: false, node: mention.node)
        }
    }
}
