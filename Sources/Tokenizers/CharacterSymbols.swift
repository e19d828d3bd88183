/// The symbols of a SentencePiece-style vocabulary: a character's own token, else the tokens of its bytes, else the
/// unknown token.
struct CharacterSymbols: Sendable {
    /// The tokens of U+0000 to U+FFFF, ``InitialSymbols/none`` where there is none.
    private var basic = [UInt32](repeating: InitialSymbols.none, count: 0x1_0000)
    /// Those of the other characters.
    private var supplementary: [UInt32: UInt32] = [:]
    /// `[256]`, the token of each byte, such as `<0x0A>`; none where the file asks for no byte fallback.
    private let byteSymbols: [UInt32]
    private let unknown: UnknownSymbol

    /// Creates the alphabet of a vocabulary.
    ///
    /// - Parameters:
    ///   - tokens: all tokens; those of one character count
    ///   - byteSymbols: `[256]`
    init(tokens: [(text: String, id: Int)], byteSymbols: [UInt32], unknown: UnknownSymbol) {
        precondition(byteSymbols.count == 256)
        self.byteSymbols = byteSymbols
        self.unknown = unknown
        for (text, id) in tokens {
            var scalars = text.unicodeScalars.makeIterator()
            guard let scalar = scalars.next(), scalars.next() == nil else { continue }
            if scalar.value < 0x1_0000 {
                basic[Int(scalar.value)] = UInt32(id)
            } else {
                supplementary[scalar.value] = UInt32(id)
            }
        }
    }

    /// Whether every character has symbols, so that none ever becomes the unknown token.
    var isComplete: Bool { !byteSymbols.contains(InitialSymbols.none) }

    /// Whether a character is a token.
    func holds(_ code: UInt32) -> Bool { symbol(of: code) != InitialSymbols.none }

    /// Appends the symbols of valid UTF-8.
    ///
    /// An unknown token is put down only with the next known character, as in the reference: bytes that fall back in
    /// between come before it.
    func append(_ piece: UnsafeBufferPointer<UInt8>, to result: inout [UInt32]) {
        var pending: UInt32?
        var position = 0
        while position < piece.count {
            let start = position
            let code = UTF8Scalar.decode(piece, at: &position)
            let symbol = symbol(of: code)
            if symbol != InitialSymbols.none {
                if let unknown = pending { result.append(unknown) }
                pending = nil
                result.append(symbol)
                continue
            }
            let bytes = piece[start..<position]
            if bytes.allSatisfy({ byteSymbols[Int($0)] != InitialSymbols.none }) {
                for byte in bytes { result.append(byteSymbols[Int(byte)]) }
            } else if case .token(let token, let fused) = unknown {
                if let unknown = pending, !fused { result.append(unknown) }
                pending = token
            }
        }
        if let pending { result.append(pending) }
    }

    @inline(__always)
    private func symbol(of code: UInt32) -> UInt32 {
        code < 0x1_0000 ? basic[Int(code)] : supplementary[code] ?? InitialSymbols.none
    }
}

/// Scalars of valid UTF-8.
enum UTF8Scalar {
    /// The code of the scalar at `position`, which moves behind it.
    @inline(__always)
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt32 {
        let first = UInt32(bytes[position])
        position += 1
        if first < 0x80 { return first }
        let count = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3
        var code = first & (0x3F >> UInt32(count))
        for _ in 0..<count {
            code = code << 6 | UInt32(bytes[position] & 0x3F)
            position += 1
        }
        return code
    }
}
