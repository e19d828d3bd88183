/// The token that is put in front of prompts, and why it is this one.
///
/// The features of a prompt's first position are never attributed, since activations there are outliers. So something
/// stands in front of the first word even where the tokenizer defines no beginning-of-sequence token, as in Qwen's.
/// - SeeAlso: `ensure_tokenized` of circuit-tracer 0.5.0
public struct PromptStart: Sendable, Equatable {
    /// What the token is to the tokenizer.
    public enum Role: String, Sendable, Codable {
        case beginningOfSequence = "beginning-of-sequence token"
        case padding = "padding token"
        case endOfSequence = "end-of-sequence token"
        case special = "special token"
    }

    /// The token's id.
    public let token: Int
    /// What it is; `beginningOfSequence` unless the tokenizer defines no such token.
    public let role: Role
    /// The special tokens; a prompt that begins with one of them needs none in front where there is no
    /// beginning-of-sequence token.
    let specialTokens: Set<Int>

    /// Whether a prompt of these tokens gets it in front.
    func precedes(_ tokens: [Int]) -> Bool {
        guard let first = tokens.first else { return true }
        return first != token && (role == .beginningOfSequence || !specialTokens.contains(first))
    }
}

/// A prompt's start as it is recorded and told: id, text and role.
public struct PromptStartRecord: Sendable, Equatable, Codable {
    /// Its id.
    public let token: Int
    /// Its text.
    public let text: String
    /// What it is to the tokenizer.
    public let role: PromptStart.Role

    /// Tells a start in the words of its tokenizer.
    public init(_ start: PromptStart, of tokenizer: Tokenizer) {
        token = start.token
        text = tokenizer.text(of: start.token)
        role = start.role
    }
}

extension PromptStart {
    /// Finds the token: that of the beginning of sequence, else of padding, else of the end of sequence, else any other
    /// special one; nil where there is none.
    ///
    /// Files that give no token the role of beginning a sequence leave it to `bos_token_id` of config.json; where no
    /// token has any role, `pad_token_id` and `eos_token_id` there are asked too.
    init?(
        _ special: SpecialTokens, configuration: JSONNode?, count: Int, idOf: (String) -> Int?
    ) throws(TokenizerError) {
        func id(_ role: SpecialTokens.Role) -> Int? { special.token(role).flatMap { idOf($0.token.content) } }
        func configured(_ name: String) throws(TokenizerError) -> Int? {
            guard let node = try configuration?.optional(name) else { return nil }
            return try Self.id(node, count: count)
        }
        let all = special.all.compactMap { idOf($0.token.content) }
        specialTokens = Set(all)
        var candidates: [(Int, Role)] = []
        let start =
            special.mentions(.beginningOfSequence) ? id(.beginningOfSequence) : try configured("bos_token_id")
        if let start {
            (token, role) = (start, .beginningOfSequence)
            return
        }
        if let padding = id(.padding) { candidates.append((padding, .padding)) }
        if let end = id(.endOfSequence) { candidates.append((end, .endOfSequence)) }
        candidates += all.map { ($0, .special) }
        if all.isEmpty {
            if let padding = try configured("pad_token_id") { candidates.append((padding, .padding)) }
            if let end = try configured("eos_token_id") { candidates.append((end, .endOfSequence)) }
        }
        // The reference passes over id 0 where another will do: its filter takes 0 for nothing.
        guard let chosen = candidates.first(where: { $0.0 != 0 }) ?? candidates.first else { return nil }
        (token, role) = chosen
    }

    /// An id of config.json, or the first of a list of them.
    private static func id(_ node: JSONNode, count: Int) throws(TokenizerError) -> Int? {
        if case .array = node.value {
            guard let first = try node.elements().first else { return nil }
            return try id(first, count: count)
        }
        let id = try node.integer()
        guard (0..<count).contains(id) else {
            throw node.error(expected: "an id below the vocabulary's \(count)", found: "\(id)")
        }
        return id
    }
}
