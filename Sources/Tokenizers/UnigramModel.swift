import Texts

/// A unigram language model of tokens, as SentencePiece trains it: a piece is cut so that the sum of its tokens' scores is
/// largest.
///
/// - SeeAlso: Kudo 2018, "Subword Regularization"
struct UnigramModel: Sendable {
    let vocabulary: ModelVocabulary
    private let trie: ByteTrie
    /// `[count]`, by id.
    private let scores: [Double]
    private let unknown: Int
    private let unknownScore: Double
    /// `[256]`, the tokens that an unknown stretch's bytes become; nil where the file does not ask for that.
    private let byteTokens: [Int?]?

    /// How much less likely an unknown character is than the least likely token.
    private static let unknownPenalty = 10.0

    /// The best way to the end of a part of the piece.
    private struct Node {
        var id = -1
        var start = -1
        var score = 0.0
    }

    /// Appends the tokens of one piece.
    ///
    /// - Complexity: O(bytes × longest token)
    func encode(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int]) {
        var best = [Node](repeating: Node(), count: piece.count + 1)
        var start = 0
        while start < piece.count {
            var end = start + 1
            while end < piece.count, piece[end] & 0xC0 == 0x80 { end += 1 }
            let score = best[start].score
            func offer(_ id: Int, _ end: Int, _ own: Double) {
                if best[end].start < 0 || score + own > best[end].score {
                    best[end] = Node(id: id, start: start, score: score + own)
                }
            }
            var hasCharacter = false
            trie.forEachPrefix(of: piece, from: start) { id, last in
                offer(id, last, scores[id])
                if last == end { hasCharacter = true }
            }
            if !hasCharacter { offer(unknown, end, unknownScore) }
            start = end
        }
        var parts: [(id: Int, range: Range<Int>)] = []
        var end = piece.count
        while end > 0 {
            let node = best[end]
            // Unknown characters in a row are one token.
            if node.id == unknown, let last = parts.last, last.id == unknown {
                parts[parts.count - 1].range = node.start..<last.range.upperBound
            } else {
                parts.append((node.id, node.start..<end))
            }
            end = node.start
        }
        for (id, range) in parts.reversed() {
            if id == unknown, let byteTokens {
                let bytes = piece[range].map { byteTokens[Int($0)] }
                if bytes.allSatisfy({ $0 != nil }) {
                    ids += bytes.compactMap(\.self)
                    continue
                }
            }
            ids.append(id)
        }
    }
}

extension UnigramModel {
    /// Reads the `model` of a tokenizer file: `vocab` is a list of tokens and scores.
    init(from node: JSONNode) throws(TokenizerError) {
        let list = try node.required("vocab")
        guard case .array(let elements) = list.value else { throw list.unexpected("a list of tokens and scores") }
        var tokens: [(text: String, id: Int)] = []
        var scores: [Double] = []
        for (id, element) in elements.enumerated() {
            guard case .array(let pair) = element, pair.count == 2, case .string(let text) = pair[0],
                let score = Self.number(pair[1])
            else {
                throw TokenizerError(
                    file: list.file, place: "\(list.place)[\(id)]", expected: "[token, score]", found: element.excerpt)
            }
            tokens.append((text, id))
            scores.append(score)
        }
        vocabulary = try ModelVocabulary(tokens, at: list)
        self.scores = scores
        trie = ByteTrie(tokens.map { (Array($0.text.utf8), $0.id) })
        let unknownNode = try node.required("unk_id")
        unknown = try unknownNode.integer()
        guard tokens.indices.contains(unknown) else { throw unknownNode.unexpected("an id below \(tokens.count)") }
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        byteTokens = try node.optional("byte_fallback")?.boolean() ?? false ? vocabulary.byteTokens : nil
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .fraction(let number) where number.isFinite: number
        default: nil
        }
    }
}
