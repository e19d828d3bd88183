import Crypto
import Foundation
import Texts

extension TokenizerFile {
    /// A digest of everything that decides which ids a text has and which text an id: the same for files that were saved
    /// anew, with other spacing, another order of fields, merges as pairs or in one string, or defaults spelled out.
    ///
    /// - Parameter start: what prompts begin with
    func identity(start: PromptStart?) throws(TokenizerError) -> String {
        var hash = SHA256()
        func add(_ text: String) { hash.update(data: Data("\(text.utf8.count) \(text)\n".utf8)) }
        let node = try root.required("model")
        for token in model.vocabulary.tokens.sorted(by: { $0.id < $1.id }) { add("\(token.id) \(token.text)") }
        for name in ["merges", "vocab"] {
            guard let list = try node.optional(name), case .array(let elements) = list.value else { continue }
            add(name)
            for element in elements {
                if case .array(let parts) = element, name == "merges" {
                    add(parts.map(\.text).joined(separator: " "))
                } else if !element.text.hasPrefix("#version") {
                    add(element.text)
                }
            }
        }
        add("model " + node.value.meaning(without: ["merges", "vocab", "type"]))
        for name in ["normalizer", "pre_tokenizer", "decoder"] {
            guard let part = try root.optional(name) else { continue }
            // Whether a byte-level step puts a space in front may be said by another file.
            let isStated = name == "pre_tokenizer" && preTokenizers.first?.isByteLevel == true
            add(name + " " + part.value.meaning(without: isStated ? ["add_prefix_space"] : []))
        }
        if case .byteLevel(let step)? = preTokenizers.first { add("prefix space \(step.addsPrefixSpace)") }
        for (id, token) in addedVocabulary.tokens.sorted(by: { $0.key < $1.key }) {
            add("added \(id) \(token.summary)")
        }
        if let start { add("start \(start.token) \(start.role.rawValue)") }
        return hash.finalize().hexadecimal
    }
}

extension JSONValue {
    /// A text as it is; anything else as ``meaning(without:)``.
    fileprivate var text: String {
        if case .string(let text) = self { return text }
        return meaning()
    }

    /// What flags are where they are left out: older files leave out what newer libraries write.
    private static let defaults = [
        "ignore_merges": false, "byte_fallback": false, "fuse_unk": false, "use_regex": true, "split": true,
    ]

    /// The value in one spelling: members by name, without those that say what their absence says or are not computed
    /// with.
    ///
    /// - Parameter names: members of this value, not of those inside, that are left out
    fileprivate func meaning(without names: Set<String> = []) -> String {
        switch self {
        case .null: return "null"
        case .boolean(let flag): return "\(flag)"
        case .integer(let number): return "\(Double(number))"
        case .fraction(let number): return "\(number)"
        case .numeral(let digits): return digits
        case .string(let text): return "\"\(text.utf8.count) \(text)\""
        case .array(let values): return "[" + values.map { $0.meaning() }.joined(separator: ",") + "]"
        case .object(let members):
            let telling = members.filter { member in
                if names.contains(member.name) || member.name == "trim_offsets" { return false }
                switch member.value {
                case .null: return false
                case .boolean(let flag): return Self.defaults[member.name] != flag
                default: return true
                }
            }
            let sorted = telling.sorted { ExactText($0.name) < ExactText($1.name) }
            return "{" + sorted.map { "\($0.name):\($0.value.meaning())" }.joined(separator: ",") + "}"
        }
    }
}
