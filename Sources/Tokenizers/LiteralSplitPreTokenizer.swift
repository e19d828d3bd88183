/// The `Split` step with a literal pattern: cuts the text around its matches.
struct LiteralSplitPreTokenizer: Sendable, Equatable {
    /// What becomes of the matches.
    enum Behavior: String {
        case isolated = "Isolated"
        case removed = "Removed"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        case contiguous = "Contiguous"
    }

    let pattern: LiteralPattern
    let behavior: Behavior
    /// Whether what lies between the matches counts as the matches.
    let isInverted: Bool

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
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
        switch behavior {
        case .isolated: stretches.map(\.range)
        case .removed: stretches.filter { !$0.isMatch }.map(\.range)
        case .contiguous: joined(stretches) { $0.isMatch == $1.isMatch }
        // Of several matches in a row, only the one that touches the text between goes with it.
        case .mergedWithPrevious: joined(stretches) { !$0.isMatch && $1.isMatch }
        case .mergedWithNext: joined(stretches) { $0.isMatch && !$1.isMatch }
        }
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

extension LiteralSplitPreTokenizer {
    /// Reads the step from a tokenizer file.
    init(from node: JSONNode) throws(TokenizerError) {
        pattern = try LiteralPattern(from: try node.required("pattern"))
        let name = try node.required("behavior")
        guard let known = Behavior(rawValue: try name.string()) else {
            throw name.unexpected("Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous")
        }
        behavior = known
        isInverted = try node.required("invert").boolean()
    }
}
