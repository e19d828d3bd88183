/// Byte-pair encoding of single pieces: a piece that is a token by itself is looked up, any other starts as its
/// characters or bytes and is merged.
struct BytePairEncoder: Sendable {
    private let alphabet: InitialSymbols
    private let boundaries: MergeBoundaries?
    private let merges: MergeTable
    private let ignoresMerges: Bool
    private var words: ByteStringTable

    /// Creates an encoder and finds the tokens that a lookup may answer with.
    ///
    /// - Parameters:
    ///   - boundaries: where a piece may be cut without changing its tokens; nil where nothing is known
    ///   - tokens: the bytes and ids of all tokens, as pieces spell them
    ///   - ignoresMerges: whether a piece that is a token always becomes that token, even if merging its symbols ends
    ///     elsewhere
    init(
        alphabet: InitialSymbols, boundaries: MergeBoundaries?, merges: MergeTable,
        tokens: [(bytes: [UInt8], id: Int)], ignoresMerges: Bool
    ) {
        self.alphabet = alphabet
        self.boundaries = boundaries
        self.merges = merges
        self.ignoresMerges = ignoresMerges
        guard !ignoresMerges else {
            words = ByteStringTable(tokens)
            return
        }
        words = ByteStringTable([])
        words = ByteStringTable(tokens.filter(isReproducedByMerging))
    }

    /// Whether merging a token's symbols ends in that token.
    private func isReproducedByMerging(_ token: (bytes: [UInt8], id: Int)) -> Bool {
        var merging = SymbolMerging()
        token.bytes.withUnsafeBufferPointer { alphabet.append($0, to: &merging.symbols) }
        merging.merge(with: merges)
        return merging.symbols == [UInt32(token.id)]
    }

    /// Appends the tokens of one piece.
    func encode(_ piece: UnsafeBufferPointer<UInt8>, with merging: inout SymbolMerging, into ids: inout [Int]) {
        if let id = words.find(piece) {
            ids.append(id)
        } else if let boundaries {
            boundaries.forEachPart(of: piece) { part in
                // Where merges are ignored, they are for whole pieces only.
                if !ignoresMerges, let id = words.find(part) {
                    ids.append(id)
                } else {
                    merge(part, with: &merging, into: &ids)
                }
            }
        } else {
            merge(piece, with: &merging, into: &ids)
        }
    }

    private func merge(_ part: UnsafeBufferPointer<UInt8>, with merging: inout SymbolMerging, into ids: inout [Int]) {
        merging.symbols.removeAll(keepingCapacity: true)
        alphabet.append(part, to: &merging.symbols)
        merging.merge(with: merges)
        for symbol in merging.symbols { ids.append(Int(symbol)) }
    }
}
