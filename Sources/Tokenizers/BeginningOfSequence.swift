import Foundation

/// Finds out which token a model's prompts begin with.
///
/// `tokenizer_config.json` decides where it has a member `bos_token`, null meaning none; else `bos_token_id` of
/// `config.json`; a folder that says nothing has no such token.
enum BeginningOfSequence {
    /// Reads the token's id from a model folder.
    static func id(in folder: URL, idOf: (String) -> Int?, count: Int) throws(TokenizerError) -> Int? {
        let tokenizerConfig = folder.appendingPathComponent("tokenizer_config.json")
        if FileManager.default.fileExists(atPath: tokenizerConfig.path) {
            let root = try JSONNode(contentsOf: tokenizerConfig)
            if case .object(let members) = root.value, members.contains(where: { $0.name == "bos_token" }) {
                return try id(from: try root.optional("bos_token"), idOf: idOf)
            }
        }
        let config = folder.appendingPathComponent("config.json")
        guard FileManager.default.fileExists(atPath: config.path) else { return nil }
        guard let node = try JSONNode(contentsOf: config).optional("bos_token_id") else { return nil }
        let id = try node.integer()
        guard (0..<count).contains(id) else {
            throw node.error(expected: "an id below the vocabulary's \(count)", found: "\(id)")
        }
        return id
    }

    /// The token is written as its text, or as an object with its `content`.
    private static func id(from node: JSONNode?, idOf: (String) -> Int?) throws(TokenizerError) -> Int? {
        guard let node else { return nil }
        let text: String
        if case .object = node.value {
            text = try node.required("content").string()
        } else {
            text = try node.string()
        }
        guard let id = idOf(text) else {
            throw node.error(expected: "a token of tokenizer.json", found: "\"\(text)\", which is not in it")
        }
        return id
    }
}
