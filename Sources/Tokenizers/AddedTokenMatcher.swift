/// Finds added tokens in a text: at the leftmost place the longest one, then on behind it.
///
/// A trie over bytes. The rules for white space and word boundaries, including what happens where two matches want
/// the same white space, are the reference's (`AddedVocabulary::find_matches`).
struct AddedTokenMatcher: Sendable {
    /// A stretch of the text: an added token, or text between two of them.
    struct Segment: Equatable {
        let range: Range<Int>
        /// The added token's id; nil for text.
        let id: Int?
    }

    private let tokens: [AddedToken]
    private let ids: [Int]
    /// The trie's edges: (node << 8 | byte) → node.
    private var edges: [Int: Int] = [:]
    /// The token that ends at each node, or -1.
    private var tokenAtNode: [Int] = [-1]
    /// The node behind each first byte, or 0.
    private var firstNodes = [Int](repeating: 0, count: 256)

    /// A matcher for tokens, each found by its pattern; empty patterns are never found.
    init(_ tokens: [(token: AddedToken, id: Int, pattern: [UInt8])]) {
        self.tokens = tokens.map(\.token)
        ids = tokens.map(\.id)
        for (number, (_, _, pattern)) in tokens.enumerated() where !pattern.isEmpty {
            var node = 0
            for byte in pattern {
                let edge = node << 8 | Int(byte)
                if let known = edges[edge] {
                    node = known
                } else {
                    edges[edge] = tokenAtNode.count
                    if node == 0 { firstNodes[Int(byte)] = tokenAtNode.count }
                    node = tokenAtNode.count
                    tokenAtNode.append(-1)
                }
            }
            if tokenAtNode[node] < 0 { tokenAtNode[node] = number }
        }
    }

    /// Whether there is nothing to find.
    var isEmpty: Bool { tokenAtNode.count == 1 }

    /// Cuts a text into added tokens and what lies between them.
    func segments(of bytes: [UInt8]) -> [Segment] {
        guard !isEmpty else { return bytes.isEmpty ? [] : [Segment(range: 0..<bytes.count, id: nil)] }
        return ClassifiedText.view(bytes) { text in
            var segments: [Segment] = []
            var covered = 0
            var position = 0
            while let match = nextMatch(in: text, from: position) {
                position = match.range.upperBound
                let token = tokens[match.token]
                var (start, end) = (match.range.lowerBound, match.range.upperBound)
                if token.isSingleWord, text.hasWordScalar(before: start) || text.hasWordScalar(at: end) { continue }
                if token.stripsLeft { start = max(text.startOfWhiteSpace(before: start), covered) }
                if token.stripsRight { end = text.endOfRun(of: .whiteSpace, from: end, to: bytes.count) }
                // A token of white space only, whose place an earlier match took along.
                if start >= end { continue }
                if covered < start { segments.append(Segment(range: covered..<start, id: nil)) }
                segments.append(Segment(range: start..<end, id: ids[match.token]))
                covered = end
            }
            if covered < bytes.count { segments.append(Segment(range: covered..<bytes.count, id: nil)) }
            return segments
        }
    }

    private func nextMatch(in text: ClassifiedText, from position: Int) -> (token: Int, range: Range<Int>)? {
        for start in position..<text.bytes.count {
            var node = firstNodes[Int(text.bytes[start])]
            guard node != 0 else { continue }
            var end = start + 1
            var longest: (token: Int, range: Range<Int>)?
            while true {
                if tokenAtNode[node] >= 0 { longest = (tokenAtNode[node], start..<end) }
                guard end < text.bytes.count, let next = edges[node << 8 | Int(text.bytes[end])] else { break }
                node = next
                end += 1
            }
            if let longest { return longest }
        }
        return nil
    }
}

extension ClassifiedText {
    /// Where the white space that ends at `end` starts.
    fileprivate func startOfWhiteSpace(before end: Int) -> Int {
        var start = end
        while start > 0 {
            let candidate = startOfScalar(before: start)
            guard scalar(at: candidate).class == .whiteSpace else { break }
            start = candidate
        }
        return start
    }

    private func startOfScalar(before end: Int) -> Int {
        var start = end - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    fileprivate func hasWordScalar(before position: Int) -> Bool {
        position > 0 && isWord(at: startOfScalar(before: position))
    }

    fileprivate func hasWordScalar(at position: Int) -> Bool {
        position < bytes.count && isWord(at: position)
    }

    /// Whether a scalar is `\w`, by Unicode's definition (UTS 18, annex C).
    private func isWord(at position: Int) -> Bool {
        guard let properties = Unicode.Scalar(code(at: position).code)?.properties else { return false }
        if ReferenceUnicode.regularExpressions.predates(properties) { return false }
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }
}
