/// The symbols that a piece starts as, before any merge.
enum InitialSymbols: Sendable {
    /// One for each byte: byte-level vocabularies.
    case bytes(ByteSymbols)
    /// One for each character, or for its bytes where it has none: SentencePiece-style vocabularies.
    case characters(CharacterSymbols)

    /// Marks what has no token of its own.
    static let none = UInt32.max

    /// Appends the symbols of a piece.
    @inline(__always)
    func append(_ piece: UnsafeBufferPointer<UInt8>, to symbols: inout [UInt32]) {
        switch self {
        case .bytes(let alphabet): alphabet.append(piece, to: &symbols)
        case .characters(let alphabet): alphabet.append(piece, to: &symbols)
        }
    }
}

/// What becomes of a byte or character without a token.
enum UnknownSymbol: Sendable, Equatable {
    /// Nothing: it is lost, as in the reference where no unknown token is named.
    case dropped
    /// This token; one for each run of such bytes or characters if `fused`.
    case token(UInt32, fused: Bool)
}

/// The symbols of a byte-level vocabulary.
struct ByteSymbols: Sendable {
    /// `[256]`, the token of each byte, or ``InitialSymbols/none``.
    let symbols: [UInt32]
    let unknown: UnknownSymbol

    func append(_ piece: UnsafeBufferPointer<UInt8>, to result: inout [UInt32]) {
        var followsUnknown = false
        for byte in piece {
            let symbol = symbols[Int(byte)]
            if symbol != InitialSymbols.none {
                result.append(symbol)
                followsUnknown = false
            } else if case .token(let token, let fused) = unknown {
                if !(fused && followsUnknown) { result.append(token) }
                followsUnknown = true
            }
        }
    }
}
