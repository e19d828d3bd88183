/// Byte-pair encoding of single pieces: a piece that is a token by itself is looked up, any other starts as one
/// symbol a byte and is merged.
struct BytePairEncoder: Sendable {
    /// What a byte becomes that has no token of its own.
    enum UnknownBytes: Sendable, Equatable {
        /// Nothing: the byte is lost, as in the reference where no unknown token is named.
        case dropped
        /// This token; one for each run of such bytes if `fused`.
        case token(UInt32, fused: Bool)
    }

    /// Marks a byte without a token.
    static let unknown = UInt32.max

    private let byteSymbols: [UInt32]
    private let unknownBytes: UnknownBytes
    private let merges: MergeTable
    private var words: ByteStringTable

    /// Creates an encoder and finds the tokens that a lookup may answer with.
    ///
    /// - Parameters:
    ///   - byteSymbols: `[256]`, the token of each byte, or ``unknown``
    ///   - tokens: the bytes and ids of all tokens
    ///   - ignoresMerges: whether a piece that is a token always becomes that token, even if merging its bytes ends
    ///     elsewhere
    init(
        byteSymbols: [UInt32], unknownBytes: UnknownBytes, merges: MergeTable, tokens: [(bytes: [UInt8], id: Int)],
        ignoresMerges: Bool
    ) {
        precondition(byteSymbols.count == 256)
        self.byteSymbols = byteSymbols
        self.unknownBytes = unknownBytes
        self.merges = merges
        guard !ignoresMerges else {
            words = ByteStringTable(tokens)
            return
        }
        words = ByteStringTable([])
        words = ByteStringTable(tokens.filter(isReproducedByMerging))
    }

    /// Whether merging a token's bytes ends in that token.
    private func isReproducedByMerging(_ token: (bytes: [UInt8], id: Int)) -> Bool {
        var merging = SymbolMerging()
        token.bytes.withUnsafeBufferPointer { split($0, into: &merging) }
        merging.merge(with: merges)
        return merging.symbols == [UInt32(token.id)]
    }

    /// Appends the tokens of one piece.
    func encode(_ piece: UnsafeBufferPointer<UInt8>, with merging: inout SymbolMerging, into ids: inout [Int]) {
        if let id = words.find(piece) {
            ids.append(id)
            return
        }
        split(piece, into: &merging)
        merging.merge(with: merges)
        for symbol in merging.symbols { ids.append(Int(symbol)) }
    }

    /// The symbols of a piece before any merge.
    private func split(_ piece: UnsafeBufferPointer<UInt8>, into merging: inout SymbolMerging) {
        merging.symbols.removeAll(keepingCapacity: true)
        var followsUnknown = false
        for byte in piece {
            let symbol = byteSymbols[Int(byte)]
            if symbol != Self.unknown {
                merging.symbols.append(symbol)
                followsUnknown = false
            } else if case .token(let token, let fused) = unknownBytes {
                if !(fused && followsUnknown) { merging.symbols.append(token) }
                followsUnknown = true
            }
        }
    }
}
