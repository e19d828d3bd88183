/// Names a feature by rule: the tokens it fires on most strongly, and the tokens it promotes.
///
/// `on " Dallas", " Houston" → " Austin"` says: of the activation in its strongest examples, the tokens before the arrow
/// hold at least 15 % each (at most three are named; an ellipsis says that they hold less than half together); the tokens
/// behind it are the two whose logits it raises most.
enum AutomaticLabel {
    /// How many tokens are named on the left.
    private static let strongestTokens = 3
    /// How many tokens are named on the right.
    static let promotedTokens = 2
    /// The share of activation from which a token is named.
    private static let leastShare = 0.15

    /// The label of a feature.
    ///
    /// - Parameters:
    ///   - strongest: token and activation of each of its strongest examples
    ///   - promoted: the tokens it promotes, strongest first
    static func text(
        strongest: [(token: Int, activation: Double)], promoted: [Int], vocabulary: [String]
    ) -> String {
        var weights: [Int: Double] = [:]
        for example in strongest { weights[example.token, default: 0] += example.activation }
        let total = strongest.reduce(0) { $0 + $1.activation }
        let ranked = weights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var named = ranked.prefix(strongestTokens).filter { $0.value >= leastShare * total }
        if named.isEmpty { named = Array(ranked.prefix(1)) }
        var left = named.map { quoted(vocabulary[$0.key]) }
        if named.reduce(0, { $0 + $1.value }) < total / 2 { left.append("…") }
        let right = promoted.prefix(promotedTokens).map { quoted(vocabulary[$0]) }
        let start = "on \(left.joined(separator: ", "))"
        return right.isEmpty ? start : "\(start) → \(right.joined(separator: ", "))"
    }

    /// A token between quotation marks, with what cannot be seen spelled out.
    static func quoted(_ token: String) -> String {
        var text = "\""
        for scalar in token.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            default:
                if scalar.properties.generalCategory == .control {
                    text += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text + "\""
    }
}
