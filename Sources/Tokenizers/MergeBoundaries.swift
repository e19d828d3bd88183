/// Between which characters a merge can ever happen.
///
/// A SentencePiece-style text is merged whole. But a merge across two neighbouring characters needs a pair of tokens of
/// which the left one ends with the first and the right one begins with the second: where no merge has such a pair, the
/// text can be cut without changing a single token, and pieces are words again.
struct MergeBoundaries: Sendable {
    /// The pairs of characters that some merge joins, as the keys of a table.
    private var pairs: MergeTable
    /// The same for ASCII: `[first * 128 + second]`.
    private var asciiPairs = [Bool](repeating: false, count: 128 * 128)
    private let alphabet: CharacterSymbols

    /// Finds the boundaries of a vocabulary, or nil where its merges join tokens that stand for no text of their own.
    ///
    /// - Parameter opaque: tokens of bytes and the unknown token
    init?(tokens: [(text: String, id: Int)], merges: MergeTable, alphabet: CharacterSymbols, opaque: Set<UInt32>) {
        self.alphabet = alphabet
        var first: [UInt32: UInt32] = [:]
        var last: [UInt32: UInt32] = [:]
        for (text, id) in tokens {
            first[UInt32(id)] = text.unicodeScalars.first?.value
            last[UInt32(id)] = text.unicodeScalars.last?.value
        }
        let merged = merges.pairs
        pairs = MergeTable(capacity: merged.count)
        for (left, right) in merged {
            guard !opaque.contains(left), !opaque.contains(right) else { return nil }
            // An empty token is no symbol that a text could start as.
            guard let before = last[left], let after = first[right] else { continue }
            pairs.set(before, after, rank: 0, merged: 0)
            if before < 128, after < 128 { asciiPairs[Int(before << 7 | after)] = true }
        }
    }

    /// Calls `body` with the parts of a piece that no merge straddles, in order.
    ///
    /// - Parameter piece: valid UTF-8
    @inline(__always)
    func forEachPart(of piece: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard !piece.isEmpty else { return }
        // Cut beside a character without any symbols, and runs of them would become more than one unknown token.
        let isComplete = alphabet.isComplete
        var start = 0
        var position = 0
        var before = UTF8Scalar.decode(piece, at: &position)
        while position < piece.count {
            let boundary = position
            let after = UTF8Scalar.decode(piece, at: &position)
            if !isJoined(before, after), isComplete || alphabet.holds(before) && alphabet.holds(after) {
                body(UnsafeBufferPointer(rebasing: piece[start..<boundary]))
                start = boundary
            }
            before = after
        }
        body(UnsafeBufferPointer(rebasing: piece[start...]))
    }

    @inline(__always)
    private func isJoined(_ before: UInt32, _ after: UInt32) -> Bool {
        if before | after < 128 { return asciiPairs[Int(before << 7 | after)] }
        return pairs.find(before, after).rank != MergeTable.noMerge
    }
}
