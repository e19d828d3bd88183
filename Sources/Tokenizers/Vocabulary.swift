/// The tokens of a tokenizer: what bytes each id stands for.
///
/// Ids may have gaps; an id without a token stands for no bytes.
struct Vocabulary: Sendable {
    /// One more than the largest id.
    let count: Int
    private let bytes: [UInt8]
    private let ends: [Int]
    private let isHeld: [Bool]
    private let exactIDs: ByteStringTable

    /// A vocabulary of tokens with distinct ids; where two have the same bytes, the first is found by them.
    init(_ tokens: [(bytes: [UInt8], id: Int)]) {
        count = (tokens.map(\.id).max() ?? -1) + 1
        var texts = [[UInt8]](repeating: [], count: count)
        var isHeld = [Bool](repeating: false, count: count)
        for (bytes, id) in tokens {
            texts[id] = bytes
            isHeld[id] = true
        }
        self.isHeld = isHeld
        var flat: [UInt8] = []
        var ends = [0]
        for text in texts {
            flat += text
            ends.append(flat.count)
        }
        bytes = flat
        self.ends = ends
        exactIDs = ByteStringTable(tokens)
    }

    /// Whether an id has a token.
    func holds(_ id: Int) -> Bool { isHeld.indices.contains(id) && isHeld[id] }

    /// The bytes that an id stands for.
    func bytes(of id: Int) -> ArraySlice<UInt8> {
        guard id >= 0, id < count else { return [] }
        return bytes[ends[id]..<ends[id + 1]]
    }

    /// The token that stands for exactly these bytes.
    func id(of bytes: [UInt8]) -> Int? {
        bytes.isEmpty ? nil : bytes.withUnsafeBufferPointer { exactIDs.find($0) }
    }
}
