import Foundation
import Texts

/// What the files beside `tokenizer.json` say of a tokenizer, as transformers 4 reads them.
///
/// Where `tokenizer_config.json` has `added_tokens_decoder`, it alone counts; else `special_tokens_map.json` and
/// `added_tokens.json` are read too.
/// - SeeAlso: `PreTrainedTokenizerBase._from_pretrained` and `PreTrainedTokenizerFast.__init__`, transformers 4.57.3
struct TokenizerFolder {
    /// A token with the id that its file states.
    struct StatedToken {
        let id: Int
        let token: AddedToken
        let node: JSONNode
    }

    /// Tokens with an id, by id.
    private(set) var addedTokens: [StatedToken] = []
    /// Tokens with a role.
    private(set) var specialTokens = SpecialTokens()
    /// Roles that the tokenizer's class gives to tokens, if the tokenizer has them.
    private(set) var assumed: [SpecialTokens.Role: String] = [:]
    /// Whether a byte-level tokenizer puts a space in front: transformers 4 sets it to this whatever `tokenizer.json`
    /// says, false where nothing is said; nil where null is said, which leaves it alone.
    private(set) var addsPrefixSpace: Bool? = false
    /// Whether tokens with an id replace the flags of those in `tokenizer.json`.
    private(set) var replacesFlags = false
    /// `config.json`.
    let modelConfiguration: JSONNode?

    /// Reads the files that are there.
    init(_ folder: URL) throws(TokenizerError) {
        func node(_ name: String) throws(TokenizerError) -> JSONNode? {
            let file = folder.appendingPathComponent(name)
            return FileManager.default.fileExists(atPath: file.path) ? try JSONNode(contentsOf: file) : nil
        }
        modelConfiguration = try node("config.json")
        let configuration = try node("tokenizer_config.json")
        if let configuration {
            try specialTokens.read(configuration)
            if try configuration.has("add_prefix_space") {
                addsPrefixSpace = try configuration.optional("add_prefix_space")?.boolean()
            }
            if let flag = try configuration.optional("split_special_tokens"), try flag.boolean() {
                throw flag.unexpected("false: special tokens that are spelled out are not supported")
            }
        }
        if let decoder = try configuration?.optional("added_tokens_decoder") {
            try read(decoder: decoder)
            replacesFlags = true
        } else {
            if let map = try node("special_tokens_map.json") { try specialTokens.read(map) }
            if let list = try node("added_tokens.json") { try read(list: list) }
        }
        addedTokens.sort { $0.id < $1.id }
        var className = try configuration?.optional("tokenizer_class")?.string()
        if className == nil, let type = try modelConfiguration?.optional("model_type")?.string() {
            className = TokenizerClass.name(ofModelType: type)
        }
        if let className { assumed = TokenizerClass.specialTokens(ofClass: className) }
    }

    private mutating func read(decoder: JSONNode) throws(TokenizerError) {
        guard case .object(let members) = decoder.value else { throw decoder.unexpected("an object of ids and tokens") }
        for member in members {
            let node = JSONNode(value: member.value, file: decoder.file, place: "\(decoder.place).\(member.name)")
            guard let id = Int(member.name) else {
                throw node.error(expected: "an id as the name", found: "\"\(member.name)\"")
            }
            addedTokens.append(StatedToken(id: id, token: try AddedToken(fromConfiguration: node), node: node))
        }
    }

    /// Reads `added_tokens.json`: texts and ids. A token without a role is normalized.
    private mutating func read(list: JSONNode) throws(TokenizerError) {
        guard case .object(let members) = list.value else { throw list.unexpected("an object of tokens and ids") }
        let special = Set(specialTokens.all.map { ExactText($0.token.content) })
        for member in members {
            let node = JSONNode(value: member.value, file: list.file, place: "[\"\(member.name)\"]")
            let isSpecial = special.contains(ExactText(member.name))
            addedTokens.append(
                StatedToken(
                    id: try node.integer(),
                    token: AddedToken(content: member.name, isNormalized: !isSpecial, isSpecial: isSpecial), node: node)
            )
        }
    }
}
