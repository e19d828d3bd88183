/// A regular expression, or a part of one.
indirect enum ExpressionNode: Sendable {
    /// How a repetition chooses how often.
    enum Preference: Sendable {
        /// As often as possible, less often if what follows asks for it.
        case greedy
        /// As rarely as possible, more often if what follows asks for it.
        case lazy
        /// As often as possible, whatever follows.
        case possessive
    }

    /// A place that is not a scalar.
    enum Anchor: Sendable {
        case startOfText
        case endOfText
        /// The end, or before the line break that ends the text.
        case endOfTextBeforeLineBreak
        case startOfLine
        case endOfLine
        case wordBoundary
        case noWordBoundary
    }

    /// One scalar.
    case scalar(UInt32)
    /// One scalar of a set.
    case set(ScalarSetTree)
    /// One part after the other; the empty text if there is none.
    case sequence([ExpressionNode])
    /// The first that leads to a match.
    case choice([ExpressionNode])
    case repetition(ExpressionNode, minimum: Int, maximum: Int?, Preference)
    /// What it matches first, whatever follows.
    case atomic(ExpressionNode)
    /// Matches nothing, where this follows, or does not.
    case lookahead(ExpressionNode, isNegated: Bool)
    case anchor(Anchor)

    /// Whether it can match the empty text.
    var mayBeEmpty: Bool {
        switch self {
        case .scalar, .set: false
        case .sequence(let parts): parts.allSatisfy(\.mayBeEmpty)
        case .choice(let parts): parts.contains(where: \.mayBeEmpty)
        case .repetition(let body, let minimum, _, _): minimum == 0 || body.mayBeEmpty
        case .atomic(let body): body.mayBeEmpty
        case .lookahead, .anchor: true
        }
    }

    /// Whether it is exactly one scalar.
    var isSingle: Bool {
        switch self {
        case .scalar, .set: true
        default: false
        }
    }
}
