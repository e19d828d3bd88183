import Texts

/// Which prompts a question is about: those of which all conditions hold. Without conditions, all prompts.
///
/// A condition is the tag `name=value`. Two names are not tags: `corpus=NAME` holds for the prompts of a corpus, and
/// `right=yes` or `right=no` for those whose most likely next token is, or is not, the answer's first.
public struct PromptFilter: Codable, Hashable, Sendable {
    /// One tag that a prompt must have; two are the same where both name and value are, byte for byte.
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

        /// Whether both ask for the same, byte for byte.
        public static func == (left: Condition, right: Condition) -> Bool { left.key == right.key }

        /// Hashes the bytes of name and value.
        public func hash(into hasher: inout Hasher) { hasher.combine(key) }

        private var key: [ExactText] { [ExactText(name), ExactText(value)] }
    }

    /// What must hold, all of it.
    public let conditions: [Condition]

    /// Every prompt.
    public static let all = PromptFilter([])

    /// The prompts of which all conditions hold.
    public init(_ conditions: [Condition]) {
        self.conditions = conditions
    }

    /// Reads `name=value` or several of them between commas; a backslash keeps a comma, and in a name an equals sign. `nil`
    /// for anything else.
    public init?(_ text: String) {
        // SQLite would cut a name or value at it, and ask for others.
        guard !text.utf8.contains(0) else { return nil }
        var conditions: [Condition] = []
        var name: String?
        var part = ""
        var isEscaped = false
        func end() -> Bool {
            guard let known = name, !known.isEmpty else { return false }
            conditions.append(Condition(name: known, value: part))
            name = nil
            part = ""
            return true
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\" where !isEscaped:
                isEscaped = true
                continue
            case "=" where !isEscaped && name == nil:
                name = part
                part = ""
            case "," where !isEscaped: if !end() { return nil }
            default: part.unicodeScalars.append(scalar)
            }
            isEscaped = false
        }
        // A backslash at the end keeps nothing.
        guard !isEscaped, end() else { return nil }
        self.init(conditions)
    }
}

extension PromptFilter: CustomStringConvertible {
    /// As it is read; `all prompts` without conditions.
    public var description: String {
        guard !conditions.isEmpty else { return "all prompts" }
        return conditions.map { "\(Self.escaped($0.name, "\\,="))=\(Self.escaped($0.value, "\\,"))" }.joined(
            separator: ",")
    }

    private static func escaped(_ text: String, _ special: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if special.unicodeScalars.contains(scalar) { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }
}
