/// Which prompts a question is about: those of which all conditions hold. Without conditions, all prompts.
///
/// A condition is the tag `name=value`. Two names are not tags: `corpus=NAME` holds for the prompts of a corpus, and
/// `right=yes` or `right=no` for those whose most likely next token is, or is not, the answer's first.
public struct PromptFilter: Codable, Hashable, Sendable {
    /// One tag that a prompt must have.
    public struct Condition: Codable, Hashable, Sendable {
        /// The tag's name.
        public let name: String
        /// Its value.
        public let value: String

        /// Asks for a tag.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What must hold, all of it.
    public let conditions: [Condition]

    /// Every prompt.
    public static let all = PromptFilter([])

    /// The prompts of which all conditions hold.
    public init(_ conditions: [Condition]) {
        self.conditions = conditions
    }

    /// Reads `name=value` or several of them between commas; a backslash keeps a comma in a value. `nil` for anything
    /// else.
    public init?(_ text: String) {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        var conditions: [Condition] = []
        for part in parts {
            guard let equals = part.firstIndex(of: "="), equals > part.startIndex else { return nil }
            conditions.append(
                Condition(name: String(part[..<equals]), value: String(part[part.index(after: equals)...])))
        }
        self.init(conditions)
    }
}

extension PromptFilter: CustomStringConvertible {
    /// As it is read; `all prompts` without conditions.
    public var description: String {
        guard !conditions.isEmpty else { return "all prompts" }
        return conditions.map { condition in
            let value = condition.value.replacing("\\", with: "\\\\").replacing(",", with: "\\,")
            return "\(condition.name)=\(value)"
        }.joined(separator: ",")
    }
}
