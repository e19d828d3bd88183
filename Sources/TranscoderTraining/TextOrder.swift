import Circuits

/// The order in which a text is read: each pass has the pieces in an order of its own, in groups that the model reads
/// together.
///
/// Which pieces are read together decides the last bits of what is read, so groups follow from the pass alone.
struct TextOrder: Sendable {
    /// The groups of each pass that was asked for.
    private var groups: [Int: [[Int]]] = [:]
    private let text: TrainingText
    private let seed: UInt64

    /// Tokens of a group at most, where a piece has not more by itself.
    private static let groupTokens = 512
    /// Apart from the streams of the layers' initial weights.
    private static let firstStream: UInt64 = 1 << 32

    /// The order that a seed decides.
    init(_ text: TrainingText, seed: UInt64) {
        self.text = text
        self.seed = seed
    }

    /// The most rows that a group can have.
    static func mostRows(contextLength: Int) -> Int { max(groupTokens, contextLength) }

    /// The groups of a pass.
    mutating func groups(ofPass pass: Int) -> [[Int]] {
        if let known = groups[pass] { return known }
        var numbers = SeededNumbers(seed: seed, stream: Self.firstStream + UInt64(pass))
        var (found, tokens): ([[Int]], Int) = ([], 0)
        for piece in numbers.permutation(of: text.pieceCount) {
            let count = text.tokenCount(ofPiece: piece)
            if found.isEmpty || tokens + count > Self.groupTokens {
                found.append([])
                tokens = 0
            }
            found[found.count - 1].append(piece)
            tokens += count
        }
        // The pass before is asked for while rows of it wait.
        groups = groups.filter { $0.key == pass - 1 }
        groups[pass] = found
        return found
    }
}

/// Where a run stands in its text.
struct TextPosition: Codable, Sendable, Hashable {
    /// Passes that are done.
    var pass = 0
    /// Groups of this pass that are done.
    var groupsDone = 0
}
