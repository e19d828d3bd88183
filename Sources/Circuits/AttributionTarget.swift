/// What one of a graph's target nodes explains.
///
/// All but features are directions that are read where the unembedding reads, behind the final norm and its gain, so
/// that a direction equal to a token's unembedding row less the mean over the vocabulary *is* that token.
///
/// - SeeAlso: `AttributionTargets` of circuit-tracer: its `CustomTarget(token_str, prob, vec)` is `direction`.
public enum AttributionTarget: Hashable, Sendable, Codable {
    /// How the logits of a set of tokens become one number.
    public enum Combination: String, Hashable, Sendable, Codable {
        /// Their sum.
        case sum
        /// Their sum divided by their number.
        case mean
    }

    /// A token's logit less the mean logit over the vocabulary.
    case token(id: Int)
    /// The sum or mean of several tokens' logits, each less the mean logit.
    case set(tokens: [Int], combination: Combination)
    /// One token's logit less another's.
    case difference(token: Int, minus: Int)
    /// The product of `vector`, `[modelWidth]`, with what the final norm gives; `weight` stands in for a probability.
    case direction(name: String, vector: [Float], weight: Float = 1)
    /// A feature's pre-activation, whether or not it fires.
    case feature(id: FeatureID)

    /// What people read: tokens in quotes, set and difference as the formula that they are.
    public func name(tokenText: (Int) -> String) -> String {
        func quoted(_ token: Int) -> String { "\"\(tokenText(token))\"" }
        return switch self {
        case .token(let id): tokenText(id)
        case .set(let tokens, .sum): tokens.map(quoted).joined(separator: " + ")
        case .set(let tokens, .mean): "mean of " + tokens.map(quoted).joined(separator: ", ")
        case .difference(let token, let other): "\(quoted(token)) - \(quoted(other))"
        case .direction(let name, _, _): "direction \(name)"
        case .feature(let id): "feature \(id)"
        }
    }

    /// The tokens whose logits it is made of.
    public var tokens: [Int] {
        switch self {
        case .token(let id): [id]
        case .set(let tokens, _): tokens
        case .difference(let token, let other): [token, other]
        case .direction, .feature: []
        }
    }

    /// One word for the case, as it is stored.
    public var kind: String {
        switch self {
        case .token: "token"
        case .set: "set"
        case .difference: "difference"
        case .direction: "direction"
        case .feature: "feature"
        }
    }
}
