import Foundation

/// Names one tail of a feature by rule, from its strongest examples and the tokens it promotes. A negative tail promotes
/// what the feature's weights suppress, and goes by the sizes of its activations. A feature with both tails is called by
/// both: `on " Texas"; negative on " is" → " the"`.
///
/// `on " is" after " Texas", " capital" → " Austin"` says, each share being one of the activation in these examples:
/// - on: the tokens it fires on, those that hold at least 15 %, at most three; an ellipsis where they hold less than half;
/// - after: the tokens that stand before it, at most two, in at least 25 % and at least three times as often as in all
///   prompts, the most telling first (share × logarithm of how much more often);
/// - →: of the ten tokens it promotes most, the ones that come next (in the text, or behind its end by the model's
///   prediction), at most two, where these ten come next in at least 15 %. A feature that promotes what never comes next
///   gets no arrow: its direct effect on the logits is not what it is about.
struct AutomaticLabel {
    /// How many tokens are named before "after".
    private static let firingTokens = 3
    /// How many tokens are named behind "after" and behind the arrow.
    private static let otherTokens = 2
    /// How many of the tokens that a feature promotes are looked at.
    static let promotedTokens = 10
    /// The share of activation from which a token fired on is named, and from which the promoted ones are.
    private static let leastShare = 0.15
    /// The share of activation from which a token that stands before is named.
    private static let leastContextShare = 0.25
    /// How many times as often as elsewhere such a token stands there.
    private static let leastLift = 3.0

    /// One of the examples.
    struct Example {
        /// The token fired on.
        var token: Int
        /// The tokens before it; one that stands there twice counts once.
        var before: ArraySlice<Int32>
        /// The token that follows, or that the model predicts behind the end.
        var next: Int
        /// How strongly the feature fires: the size of the activation.
        var activation: Double
    }

    /// The tokens it fires on that are named.
    private let firing: [Int]
    /// Whether these hold half of the activation.
    private let isMostly: Bool
    /// The promoted tokens that are named.
    private let next: [Int]
    /// The tokens that stand before it often enough to be named, if they stand elsewhere less often.
    let contexts: [Context]

    /// - Parameters:
    ///   - examples: the feature's strongest
    ///   - promoted: the tokens it promotes
    ///   - weights: where shares are added up
    init(examples: [Example], promoted: ArraySlice<Int32>, weights: TokenWeights) {
        let total = examples.reduce(0) { $0 + $1.activation }
        func ranked(least: Double = 0, _ add: (TokenWeights, Example) -> Void) -> [(token: Int, share: Double)] {
            weights.ranked(total: total, least: least) { weights in
                for example in examples where example.activation > 0 {
                    weights.beginExample()
                    add(weights, example)
                }
            }
        }
        let tokens = ranked { $0.add($1.activation, to: $1.token) }
        var named = tokens.prefix(Self.firingTokens).filter { $0.share >= Self.leastShare }
        if named.isEmpty { named = Array(tokens.prefix(1)) }
        isMostly = named.reduce(0) { $0 + $1.share } >= 0.5
        firing = named.isEmpty ? examples.map(\.token).min().map { [$0] } ?? [] : named.map(\.token)
        contexts = ranked(least: Self.leastContextShare) { weights, example in
            for token in example.before { weights.add(example.activation, to: Int(token)) }
        }.map { Context(token: $0.token, share: $0.share) }
        let coming = ranked { weights, example in
            if promoted.contains(Int32(example.next)) { weights.add(example.activation, to: example.next) }
        }
        let isNamed = coming.reduce(0) { $0 + $1.share } >= Self.leastShare
        next = isNamed ? coming.prefix(Self.otherTokens).map(\.token) : []
    }

    /// The label.
    ///
    /// - Parameters:
    ///   - quoted: a token between quotation marks
    ///   - frequency: the share of all prompts that contain a token
    func text(quoted: (Int) -> String, frequency: (Int) -> Double) -> String {
        func list(_ tokens: [Int]) -> String { tokens.map(quoted).joined(separator: ", ") }
        var text = "on " + list(firing) + (isMostly ? "" : ", …")
        let context = Self.named(contexts, frequency: frequency)
        if !context.isEmpty { text += " after " + list(context) }
        if !next.isEmpty { text += " → " + list(next) }
        return text
    }

    /// A token that stands before, and the share of the activation in examples where it does.
    struct Context: Equatable {
        var token: Int
        var share: Double
    }

    /// The tokens that are named, the most telling first.
    static func named(_ contexts: [Context], frequency: (Int) -> Double) -> [Int] {
        contexts.compactMap { context -> (token: Int, score: Double)? in
            let lift = context.share / frequency(context.token)
            guard lift >= leastLift else { return nil }
            return (context.token, context.share * log(lift))
        }.sorted { ($1.score, $0.token) < ($0.score, $1.token) }.prefix(otherTokens).map(\.token)
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
