/// The `Split` step: cuts the text around the matches of a pattern.
struct SplitPreTokenizer: Sendable, Equatable {
    /// What becomes of the matches.
    enum Behavior: String {
        case isolated = "Isolated"
        case removed = "Removed"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        case contiguous = "Contiguous"
    }

    let pattern: TextPattern
    let behavior: Behavior
    /// Whether what lies between the matches counts as the matches.
    let isInverted: Bool
    /// The same pattern scanned by hand, where its text is known and every match is kept.
    private let scanned: ScannedPattern?

    init(pattern: TextPattern, behavior: Behavior, isInverted: Bool) {
        self.pattern = pattern
        self.behavior = behavior
        self.isInverted = isInverted
        let keepsMatches = behavior == .isolated || behavior == .removed && isInverted
        scanned =
            if keepsMatches, case .expression(let expression) = pattern {
                ScannedPattern(expression.text)
            } else {
                nil
            }
    }

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        if let scanned { return text.cut(scanned.endOfMatch) }
        let bytes = text.bytes
        text.pieces = text.pieces.flatMap { pieces(stretches(of: bytes, $0)) }
    }

    /// A stretch of the text that is a match, or lies between two.
    private typealias Stretch = (range: Range<Int>, isMatch: Bool)

    private func stretches(of text: [UInt8], _ piece: Range<Int>) -> [Stretch] {
        var stretches: [Stretch] = []
        var covered = piece.lowerBound
        for match in pattern.matches(in: text, piece) {
            if covered < match.lowerBound { stretches.append((covered..<match.lowerBound, isInverted)) }
            stretches.append((match, !isInverted))
            covered = match.upperBound
        }
        if covered < piece.upperBound { stretches.append((covered..<piece.upperBound, isInverted)) }
        return stretches
    }

    private func pieces(_ stretches: [Stretch]) -> [Range<Int>] {
        let ranges =
            switch behavior {
            case .isolated: stretches.map(\.range)
            case .removed: stretches.filter { !$0.isMatch }.map(\.range)
            case .contiguous: joined(stretches) { $0.isMatch == $1.isMatch }
            // Of several matches in a row, only the one that touches the text between goes with it.
            case .mergedWithPrevious: joined(stretches) { !$0.isMatch && $1.isMatch }
            case .mergedWithNext: joined(stretches) { $0.isMatch && !$1.isMatch }
            }
        return ranges.filter { !$0.isEmpty }
    }

    /// Joins each stretch to the one before it where `belongTogether` says so of the two.
    private func joined(_ stretches: [Stretch], _ belongTogether: (Stretch, Stretch) -> Bool) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for (index, stretch) in stretches.enumerated() {
            if index > 0, let last = ranges.last, belongTogether(stretches[index - 1], stretch) {
                ranges[ranges.count - 1] = last.lowerBound..<stretch.range.upperBound
            } else {
                ranges.append(stretch.range)
            }
        }
        return ranges
    }
}

extension SplitPreTokenizer.Behavior {
    /// Reads a step's `behavior`.
    init(from node: JSONNode) throws(TokenizerError) {
        guard let known = Self(rawValue: try node.string()) else {
            throw node.unexpected("Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous")
        }
        self = known
    }
}

extension SplitPreTokenizer {
    /// Reads the step from a tokenizer file.
    init(from node: JSONNode) throws(TokenizerError) {
        self.init(
            pattern: try TextPattern(from: try node.required("pattern")),
            behavior: try Behavior(from: try node.required("behavior")),
            isInverted: try node.required("invert").boolean())
    }
}
